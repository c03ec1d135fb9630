"""What a series of daily returns came to: growth, risk, and how it moved with another."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.validation.rank_ic import hac_t

FloatArray = NDArray[np.float64]

SESSIONS_A_YEAR = 254
HAC_LAGS = 5


@dataclass(frozen=True, slots=True)
class Performance:
    """Fractions a year but `max_drawdown` (a fraction <= 0), `drawdown_sessions` and `total`; NaN where undefined.

    `drawdown_sessions`: the longest stretch below an earlier high, unfinished ones included. Sharpe and Sortino take
    cash to earn nothing.
    """

    total: float
    cagr: float
    volatility: float
    sharpe: float
    sortino: float
    max_drawdown: float
    drawdown_sessions: int


@dataclass(frozen=True, slots=True)
class Relative:
    """Against a benchmark's daily returns: `alpha` a year with its t (Newey-West, 5 lags), `beta`; the rest a year."""

    alpha: float
    alpha_t: float
    beta: float
    correlation: float
    tracking_error: float
    information_ratio: float


def performance(returns: FloatArray) -> Performance:
    """Of daily returns, fractions; shape (n_sessions,), the first session's 0 left out by the caller."""
    worth = np.cumprod(1 + returns)
    total = float(worth[-1] - 1) if len(returns) else 0.0
    below = drawdown(returns)
    deviation, shortfall = _spread(returns), np.sqrt(np.mean(np.minimum(returns, 0) ** 2)) if len(returns) else 0.0
    return Performance(
        total=total,
        cagr=(1 + total) ** (SESSIONS_A_YEAR / len(returns)) - 1 if len(returns) and total > -1 else np.nan,
        volatility=deviation * np.sqrt(SESSIONS_A_YEAR),
        sharpe=_ratio(returns, deviation),
        sortino=_ratio(returns, float(shortfall)),
        max_drawdown=float(below.min(initial=0.0)),
        drawdown_sessions=_longest(below < 0),
    )


def relative(returns: FloatArray, benchmark: FloatArray) -> Relative:
    """Daily `returns` against those of a benchmark on the same sessions; both of shape (n_sessions,)."""
    spread, other = _spread(returns), _spread(benchmark)
    correlation = float(np.corrcoef(returns, benchmark)[0, 1]) if spread > 0 and other > 0 else np.nan
    beta = correlation * spread / other if other > 0 else np.nan
    excess = returns - benchmark
    apart = returns - beta * benchmark
    return Relative(
        alpha=float(apart.mean()) * SESSIONS_A_YEAR,
        alpha_t=hac_t(apart, HAC_LAGS),
        beta=beta,
        correlation=correlation,
        tracking_error=_spread(excess) * np.sqrt(SESSIONS_A_YEAR),
        information_ratio=_ratio(excess, _spread(excess)),
    )


def drawdown(returns: FloatArray) -> FloatArray:
    """How far below its highest the wealth was at each close, fractions <= 0; the start counts as a high."""
    worth = np.cumprod(1 + returns)
    return worth / np.maximum(np.maximum.accumulate(worth), 1.0) - 1


def by_month(days: NDArray[np.datetime64], returns: FloatArray) -> pl.DataFrame:
    """`year, month, return` of each calendar month that has sessions, fractions; parts of months as they are."""
    table = pl.DataFrame({"day": pl.Series(days).cast(pl.Date), "grown": 1 + returns})
    of = table.group_by(year=pl.col("day").dt.year(), month=pl.col("day").dt.month()).agg(pl.col("grown").product())
    return of.select("year", "month", (pl.col("grown") - 1).alias("return")).sort("year", "month")


def _spread(values: FloatArray) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else np.nan


def _ratio(values: FloatArray, deviation: float) -> float:
    return float(values.mean()) / deviation * float(np.sqrt(SESSIONS_A_YEAR)) if deviation > 0 else np.nan


def _longest(is_below: NDArray[np.bool_]) -> int:
    """The most neighbours that are True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_below, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))
