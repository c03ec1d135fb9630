"""Turnover, volume and price impact."""

import numpy as np

from asxos.domain.factors.expressions import LEAST_VOLUME_SPREAD
from asxos.domain.factors.kernel.windows import window_median, window_moments
from asxos.domain.factors.panel import Block, Columns, FloatArray


def liquidity(block: Block) -> Columns:
    """The turnover, volume and price-impact columns."""
    return {
        "adv_20": window_median(block.turnover, block.offsets, 20),
        "volume_z_20": volume_surprise(block, 20),
        "amihud_21": price_impact(block, 21, least=10),
    }


def volume_surprise(block: Block, sessions: int) -> FloatArray:
    """Standard score of log volume among its last, today included; missing where it did not change."""
    logs = np.log1p(block.volume)
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
