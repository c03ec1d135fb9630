"""What a share returned, over which stretch, in what manner and at what time of day or year."""

import numpy as np

from asxos.domain.factors.kernel.windows import window_max, window_moments
from asxos.domain.factors.panel import Block, Columns, FloatArray
from asxos.domain.factors.price.returns import LEAST_YEARS, SEASON, SEASON_YEARS


def returns(block: Block) -> Columns:
    """The columns of RETURNS."""
    return {
        "reversal_5": momentum(block, 5),
        "momentum_1m": momentum(block, 21),
        "momentum_3m": momentum(block, 63),
        "momentum_6m": momentum(block, 126),
        "momentum_9m": momentum(block, 189),
        "momentum_12_1": momentum(block, 252, skip=21),
        "momentum_12_7": momentum(block, 252, skip=126),
        "momentum_36_13": momentum(block, 756, skip=252),
        "max_return_21": window_max(block.returns, block.offsets, 21),
        "min_return_21": -window_max(-block.returns, block.offsets, 21),
        "overnight_return_21": summed(block, np.log(block.open / block.lagged(block.close, 1)), 21),
        "intraday_return_21": summed(block, np.log(block.close / block.open), 21),
        "discreteness_252": discreteness(block, 252),
        "seasonality_5y": seasonality(block, 21),
    }


def momentum(block: Block, sessions: int, skip: int = 0) -> FloatArray:
    """Return from `sessions` ago to `skip` ago."""
    return block.lagged(block.close, skip) / block.lagged(block.close, sessions) - 1


def summed(block: Block, values: FloatArray, sessions: int) -> FloatArray:
    """Sum of the last values."""
    return window_moments(values, block.offsets, sessions)[0] * sessions


def discreteness(block: Block, sessions: int) -> FloatArray:
    """The part of days that went against the return over all of them, less the part that went with it."""
    balance, _ = window_moments(np.sign(block.returns), block.offsets, sessions)
    return -np.sign(momentum(block, sessions)) * balance


def seasonality(block: Block, sessions: int) -> FloatArray:
    """Mean return, over the past years that are known, of the sessions that followed the same time of year."""
    total, known = np.zeros(len(block.close)), np.zeros(len(block.close))
    for year in range(1, SEASON_YEARS + 1):
        earned = momentum(block, SEASON * year, skip=SEASON * year - sessions)
        known += ~np.isnan(earned)
        total += np.where(np.isnan(earned), 0.0, earned)
    return np.where(known >= LEAST_YEARS, total / known, np.nan)
