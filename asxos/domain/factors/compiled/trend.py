"""Where a share stands against its moving averages, and where those head."""

from asxos.domain.factors.kernel.windows import window_moments
from asxos.domain.factors.panel import Block, Columns
from asxos.domain.factors.price.basics import SLOPE_SESSIONS


def trend(block: Block) -> Columns:
    """The columns of TREND."""
    average = {n: window_moments(block.close, block.offsets, n)[0] for n in (10, 20, 50, 100, 200)}
    return {
        **{f"sma_{n}_ratio": block.close / average[n] - 1 for n in average},
        **{f"sma_{n}_slope": average[n] / block.lagged(average[n], SLOPE_SESSIONS) - 1 for n in (20, 50, 100, 200)},
        "sma_50_200_ratio": average[50] / average[200] - 1,
    }
