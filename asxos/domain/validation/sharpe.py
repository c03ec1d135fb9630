"""How much of a Sharpe ratio is left once its length, its shape and the number of tries are allowed for."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

EULER_MASCHERONI = 0.5772156649015329
LEAST_PERIODS = 3
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Sharpe:
    """Per period, not annualised; `periods` that do not overlap; `kurtosis` of a normal is 3."""

    ratio: float
    periods: int
    skew: float
    kurtosis: float


def sharpe_of(returns: FloatArray, overlap: int = 1) -> Sharpe | None:
    """Mean over standard deviation of returns of which `overlap` neighbours count as one period.

    None for fewer than 3 periods, without spread, or with one missing.
    """
    periods = len(returns) // overlap
    if periods < LEAST_PERIODS or not np.isfinite(returns).all() or np.ptp(returns) == 0:
        return None
    apart = (returns - returns.mean()) / returns.std()
    ratio = float(returns.mean() / returns.std(ddof=1))
    return Sharpe(ratio, periods, float(np.mean(apart**3)), float(np.mean(apart**4)))


def probabilistic_sharpe(found: Sharpe, benchmark: float = 0.0) -> float:
    """Probability that the true ratio exceeds `benchmark` (per period). Source: Bailey and Lopez de Prado (2012)."""
    # Never below zero, and zero itself only for returns of two values.
    spread = max(1 - found.skew * found.ratio + (found.kurtosis - 1) / 4 * found.ratio**2, 1e-12)
    return _NORMAL.cdf((found.ratio - benchmark) * math.sqrt(found.periods - 1) / math.sqrt(spread))


def expected_greatest(trials: int, variance: float) -> float:
    """The greatest ratio of `trials` worthless strategies whose ratios have that variance, on average.

    0 for a single trial. Source: Bailey and Lopez de Prado (2014), equation 1.
    """
    if trials < 2:
        return 0.0
    far = (1 - EULER_MASCHERONI) * _NORMAL.inv_cdf(1 - 1 / trials)
    return math.sqrt(variance) * (far + EULER_MASCHERONI * _NORMAL.inv_cdf(1 - 1 / (trials * math.e)))


def deflated_sharpe(found: Sharpe, trials: int, trial_variance: float) -> float:
    """Probability that the true ratio is above zero, given that the best of `trials` was looked for.

    `trial_variance`: of the ratios of all trials, per period. Source: Bailey and Lopez de Prado (2014).
    """
    return probabilistic_sharpe(found, expected_greatest(trials, trial_variance))
