"""How much a share moves, to which side, and whether one day tells of the next."""

import numpy as np

from asxos.domain.factors.compiled.pairs import correlation, moments
from asxos.domain.factors.kernel.averages import seeded_average
from asxos.domain.factors.kernel.windows import window_moments
from asxos.domain.factors.panel import Block, Columns, FloatArray
from asxos.domain.factors.price.basics import LEAST_RETURN_SPREAD, SESSIONS_A_YEAR
from asxos.domain.factors.price.volatility import PARKINSON


def volatility(block: Block) -> Columns:
    """The columns of VOLATILITY."""
    short, year = realised_volatility(block, 30), realised_volatility(block, 252)
    moved = year > LEAST_RETURN_SPREAD * SESSIONS_A_YEAR**0.5
    return {
        "atr_pct": average_true_range(block) / block.close,
        "volatility_30": short,
        "volatility_90": realised_volatility(block, 90),
        "volatility_252": year,
        "volatility_trend": np.where(moved, short / year - 1, np.nan),
        "downside_volatility_90": root_mean_square(block, np.minimum(block.returns, 0.0), 90, SESSIONS_A_YEAR),
        "range_volatility_21": root_mean_square(block, np.log(block.high / block.low), 21, PARKINSON),
        "skewness_90": skewness(block, 90),
        "autocorrelation_63": correlation(moments(block, block.returns, block.lagged(block.returns, 1), 63, least=63)),
    }


def average_true_range(block: Block) -> FloatArray:
    """Wilder's average of 14 true ranges, A$; a row with high, low or the close before missing is stepped over."""
    before = block.lagged(block.close, 1)
    from_before = np.maximum(np.abs(block.high - before), np.abs(block.low - before))
    return seeded_average(np.maximum(block.high - block.low, from_before), block.offsets, 1, 14, 1 / 14)


def realised_volatility(block: Block, sessions: int) -> FloatArray:
    """Sample deviation of the last returns, scaled to a year."""
    _, squares = window_moments(block.returns, block.offsets, sessions)
    return np.sqrt(squares / (sessions - 1) * SESSIONS_A_YEAR)


def root_mean_square(block: Block, values: FloatArray, sessions: int, scale: float) -> FloatArray:
    """Root of `scale` times the mean of the last values squared."""
    return np.sqrt(window_moments(values * values, block.offsets, sessions)[0] * scale)


def skewness(block: Block, sessions: int) -> FloatArray:
    """Third central moment over the deviation cubed; missing where the price did not move."""
    returns = block.returns
    mean, squares = window_moments(returns, block.offsets, sessions)
    square, _ = window_moments(returns**2, block.offsets, sessions)
    cube, _ = window_moments(returns**2 * returns, block.offsets, sessions)
    variance = squares / sessions
    ratio = (cube - 3 * mean * square + 2 * mean**2 * mean) / (variance * np.sqrt(variance))
    return np.where(variance > LEAST_RETURN_SPREAD**2, ratio, np.nan)
