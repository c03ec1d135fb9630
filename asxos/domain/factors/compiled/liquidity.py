"""How much of a share is traded, how steadily, and what trading moves."""

import numpy as np

from asxos.domain.factors.compiled.pairs import correlation, moments
from asxos.domain.factors.kernel.windows import window_median, window_moments
from asxos.domain.factors.panel import Block, BoolArray, Columns, FloatArray
from asxos.domain.factors.price.basics import LEAST_RETURN_SPREAD, LEAST_VOLUME_SPREAD


def liquidity(block: Block) -> Columns:
    """The columns of LIQUIDITY."""
    logs = np.log1p(block.volume)
    still = np.abs(block.returns) < LEAST_RETURN_SPREAD
    return {
        "adv_20": window_median(block.turnover, block.offsets, 20),
        "turnover_trend_20_120": turnover_trend(block, 20, 120),
        "turnover_volatility_63": deviation(block, np.log1p(block.turnover), 63),
        "volume_z_20": volume_surprise(block, logs, 20),
        "volume_correlation_63": correlation(moments(block, block.returns, logs, 63, least=63), LEAST_VOLUME_SPREAD),
        "amihud_21": price_impact(block, 21, least=10),
        "amihud_252": price_impact(block, 252, least=120),
        "zero_volume_63": part_of(block, block.volume == 0, np.isnan(block.volume), 63),
        "zero_return_63": part_of(block, still, np.isnan(block.returns), 63),
    }


def turnover_trend(block: Block, short: int, long: int) -> FloatArray:
    """Mean turnover of late against that of a longer time; missing where there was none."""
    late, whole = (window_moments(block.turnover, block.offsets, n)[0] for n in (short, long))
    return late / whole - 1


def deviation(block: Block, values: FloatArray, sessions: int) -> FloatArray:
    """Sample deviation of the last values."""
    return np.sqrt(window_moments(values, block.offsets, sessions)[1] / (sessions - 1))


def volume_surprise(block: Block, logs: FloatArray, sessions: int) -> FloatArray:
    """Standard score of log volume among its last, today included; missing where it did not change."""
    mean, squares = window_moments(logs, block.offsets, sessions)
    spread = np.sqrt(squares / (sessions - 1))
    return np.where(spread > LEAST_VOLUME_SPREAD, (logs - mean) / spread, np.nan)


def price_impact(block: Block, sessions: int, least: int) -> FloatArray:
    """Mean of |return| per A$ million over the days that traded; missing with fewer than `least` of them."""
    impact = np.abs(block.returns) / block.turnover * 1e6
    traded = np.isfinite(impact)
    mean_impact, _ = window_moments(np.where(traded, impact, 0.0), block.offsets, sessions)
    share_traded, _ = window_moments(traded.astype(np.float64), block.offsets, sessions)
    enough = (block.age >= sessions) & (share_traded * sessions > least - 0.5)
    return np.where(enough, mean_impact / share_traded, np.nan)


def part_of(block: Block, condition: BoolArray, unknown: BoolArray, sessions: int) -> FloatArray:
    """The part of the last sessions on which it held; missing where it is unknown on one of them."""
    return window_moments(np.where(unknown, np.nan, condition), block.offsets, sessions)[0]
