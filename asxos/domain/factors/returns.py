"""Momentum, trend and the best day."""

from asxos.domain.factors.expressions import SLOPE_SESSIONS
from asxos.domain.factors.kernel.windows import window_max, window_moments
from asxos.domain.factors.panel import Block, Columns


def momentum(block: Block) -> Columns:
    """Returns over one to twelve months."""
    return {
        "momentum_1m": block.close / block.lagged(block.close, 21) - 1,
        "momentum_3m": block.close / block.lagged(block.close, 63) - 1,
        "momentum_6m": block.close / block.lagged(block.close, 126) - 1,
        "momentum_9m": block.close / block.lagged(block.close, 189) - 1,
        "momentum_12_1": block.lagged(block.close, 21) / block.lagged(block.close, 252) - 1,
        "max_return_21": window_max(block.returns, block.offsets, 21),
    }


def trend(block: Block) -> Columns:
    """The close against its moving averages, and where those head."""
    average_50, _ = window_moments(block.close, block.offsets, 50)
    average_200, _ = window_moments(block.close, block.offsets, 200)
    return {
        "sma_50_ratio": block.close / average_50 - 1,
        "sma_200_ratio": block.close / average_200 - 1,
        "sma_50_slope": average_50 / block.lagged(average_50, SLOPE_SESSIONS) - 1,
        "sma_200_slope": average_200 / block.lagged(average_200, SLOPE_SESSIONS) - 1,
    }
