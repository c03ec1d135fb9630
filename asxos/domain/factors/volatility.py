"""Ranges, deviations and the sensitivity to the market."""

import numpy as np

from asxos.domain.factors.expressions import LEAST_MARKET_VARIANCE, SESSIONS_A_YEAR
from asxos.domain.factors.kernel.averages import seeded_average
from asxos.domain.factors.kernel.windows import window_moments
from asxos.domain.factors.panel import Block, Columns, FloatArray


def volatility(block: Block) -> Columns:
    """The range, deviation and beta columns."""
    return {
        "atr_pct": average_true_range(block) / block.close,
        "volatility_30": realised_volatility(block, 30),
        "volatility_90": realised_volatility(block, 90),
        "volatility_252": realised_volatility(block, 252),
        "beta_252": beta(block, 252, least=200),
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


def beta(block: Block, sessions: int, least: int) -> FloatArray:
    """Slope of the share's returns on the market's over the days that have both; missing with fewer than `least`."""
    complete = ~np.isnan(block.returns) & ~np.isnan(block.market)
    market, share = np.where(complete, block.market, 0.0), np.where(complete, block.returns, 0.0)
    present, _ = window_moments(complete.astype(np.float64), block.offsets, sessions)
    market_mean, share_mean, product_mean, square_mean = (
        window_moments(values, block.offsets, sessions)[0] / present
        for values in (market, share, market * share, market * market)
    )
    variance = square_mean - market_mean**2
    known = (block.age >= sessions) & (present * sessions > least - 0.5) & (variance > LEAST_MARKET_VARIANCE)
    return np.where(known, (product_mean - market_mean * share_mean) / variance, np.nan)
