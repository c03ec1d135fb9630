"""Risk of a return series: deviation, sensitivity to an index, drawdown, value at risk and its exception tests."""

from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SESSIONS_A_YEAR = 252
_NORMAL = NormalDist()
LEAST_RETURNS = 20
"""With fewer, nothing is said."""


def volatility(returns: FloatArray) -> float:
    """Sample deviation scaled to a year, a fraction; NaN for fewer than 2."""
    return float(returns.std(ddof=1) * np.sqrt(SESSIONS_A_YEAR)) if len(returns) > 1 else float("nan")


def beta(returns: FloatArray, market: FloatArray) -> float:
    """Slope on the market's returns of the same days; NaN when the market did not move."""
    apart = market - market.mean()
    variance = float(apart @ apart)
    return float(apart @ (returns - returns.mean()) / variance) if variance > 0 else float("nan")


def tracking_error(returns: FloatArray, market: FloatArray) -> float:
    """Volatility of the difference from the market."""
    return volatility(returns - market)


@dataclass(frozen=True)
class Drawdown:
    """The deepest fall from an earlier peak, a fraction <= 0; places are indexes into the series of values."""

    depth: float
    peak: int
    trough: int
    recovered: int | None


def max_drawdown(returns: FloatArray) -> Drawdown:
    """Of the chained returns, the start counting as a peak; place 0 is the start, place i the value after return i."""
    values = np.concatenate([[1.0], np.cumprod(1 + returns)])
    falls = values / np.maximum.accumulate(values) - 1
    trough = int(falls.argmin())
    peak = int(values[: trough + 1].argmax())
    after = np.flatnonzero(values[trough:] >= values[peak])
    is_fall = falls[trough] < 0
    return Drawdown(float(falls[trough]), peak, trough, int(trough + after[0]) if is_fall and len(after) else None)


@dataclass(frozen=True)
class ValueAtRisk:
    """A session's loss that is exceeded with probability 1 - `level`, and the mean of those beyond; fractions > 0."""

    level: float
    historical: float
    expected_shortfall: float
    parametric: float
    parametric_shortfall: float


def value_at_risk(returns: FloatArray, level: float = 0.95) -> ValueAtRisk:
    """By the returns' own order and by a normal distribution. Source: Acerbi and Tasche (2002) for the shortfall."""
    ordered, tail = np.sort(returns), _tail(len(returns), level)
    mean, deviation, quantile = returns.mean(), returns.std(ddof=1), _NORMAL.inv_cdf(1 - level)
    return ValueAtRisk(
        level=level,
        historical=float(-ordered[tail - 1]),
        expected_shortfall=float(-ordered[:tail].mean()),
        parametric=float(-(mean + deviation * quantile)),
        parametric_shortfall=float(-(mean - deviation * _NORMAL.pdf(quantile) / (1 - level))),
    )


def _tail(count: int, level: float) -> int:
    """How many of `count` returns are the worst 1 - `level` of them; at least one."""
    return max(int(np.floor((1 - level) * count + 1e-9)), 1)


@dataclass(frozen=True)
class ExceptionTest:
    """How often a value at risk was exceeded on later sessions, and p-values of right frequency and of independence."""

    sessions: int
    exceptions: int
    expected: float
    p_frequency: float
    p_independence: float


def exception_test(returns: FloatArray, level: float = 0.95, window: int = 250) -> ExceptionTest | None:
    """Each session against the historical value at risk of the `window` before it; None without enough sessions.

    Source: Kupiec (1995) for the frequency, Christoffersen (1998) for independence.
    """
    if len(returns) < window + LEAST_RETURNS:
        return None
    place = _tail(window, level) - 1
    limits = np.partition(sliding_window_view(returns[:-1], window), place, axis=1)[:, place]
    hits = returns[window:] < limits
    n, x, p = len(hits), int(hits.sum()), 1 - level
    return ExceptionTest(n, x, n * p, frequency_p(n, x, p), _independence(hits))


def frequency_p(sessions: int, exceptions: int, probability: float) -> float:
    """How likely so far a count of exceptions is, were `probability` right. Source: Kupiec (1995)."""
    seen = _log_likelihood(sessions, exceptions, exceptions / sessions)
    return _p_of(-2 * (_log_likelihood(sessions, exceptions, probability) - seen))


def _independence(hits: NDArray[np.bool_]) -> float:
    before, after = hits[:-1], hits[1:]
    after_quiet, quiet = int((after & ~before).sum()), int((~before).sum())
    after_hit, hit = int((after & before).sum()), int(before.sum())
    pooled = (after_quiet + after_hit) / len(after)
    apart = _log_likelihood(quiet, after_quiet, after_quiet / quiet if quiet else 0.0)
    apart += _log_likelihood(hit, after_hit, after_hit / hit if hit else 0.0)
    ratio = -2 * (_log_likelihood(len(after), after_quiet + after_hit, pooled) - apart)
    return _p_of(ratio)


def _p_of(ratio: float) -> float:
    """The upper tail of chi-squared with one degree of freedom, the square of a normal number."""
    return erfc(sqrt(max(ratio, 0.0) / 2))


def _log_likelihood(n: int, x: int, p: float) -> float:
    """Of x in n at probability p, without the constant; 0 log 0 is 0."""
    hit = x * np.log(p) if x else 0.0
    miss = (n - x) * np.log1p(-p) if n - x else 0.0
    return float(hit + miss)
