"""Where the price stands on its own path: below its high, above its low, and its deepest fall."""

from asxos.domain.factors.kernel.windows import window_fall, window_max
from asxos.domain.factors.panel import Block, Columns


def path(block: Block) -> Columns:
    """The columns of PATH."""
    return {
        "distance_52w_high": block.close / window_max(block.high, block.offsets, 252) - 1,
        "distance_52w_low": block.close / -window_max(-block.low, block.offsets, 252) - 1,
        "drawdown_63": window_fall(block.close, block.offsets, 63),
        "drawdown_252": window_fall(block.close, block.offsets, 252),
    }
