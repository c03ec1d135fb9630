"""Where the price stands on its own path: below its high, and its deepest fall."""

from asxos.domain.factors.kernel.windows import window_fall, window_max
from asxos.domain.factors.panel import Block, Columns


def path(block: Block) -> Columns:
    """The columns of the distance from the high and the drawdown."""
    return {
        "distance_52w_high": block.close / window_max(block.high, block.offsets, 252) - 1,
        "drawdown_252": window_fall(block.close, block.offsets, 252),
    }
