"""Rank IC: how far the order of scores on a date agrees with the order of what followed."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEAST_SHARES = 3


def rank_ic(scores: FloatArray, returns: FloatArray, sessions: IntArray) -> FloatArray:
    """The `ic` of `rank_ic_by_session`; shape (n_sessions_measured,)."""
    return rank_ic_by_session(scores, returns, sessions)["ic"].to_numpy()


def rank_ic_by_session(scores: FloatArray, returns: FloatArray, sessions: IntArray) -> pl.DataFrame:
    """`session, ic`: Spearman's correlation of each session in order, each in [-1, 1].

    Args: all of shape (n_rows,). A row with NaN in either is left out; so is a session with fewer than 3 rows left or
    with scores all equal. Ties share their mean rank. Source: Spearman (1904).
    """
    table = pl.DataFrame({"score": scores, "return": returns, "session": sessions})
    table = table.filter(pl.col("score").is_finite() & pl.col("return").is_finite())
    by_session = table.group_by("session").agg(ic=pl.corr("score", "return", method="spearman"), shares=pl.len())
    kept = by_session.filter((pl.col("shares") >= LEAST_SHARES) & pl.col("ic").is_finite()).sort("session")
    return kept.select("session", "ic")


def icir(ics: FloatArray) -> float:
    """Mean over standard deviation of the ICs: how steady they are; NaN for fewer than 2."""
    return float(ics.mean() / ics.std(ddof=1)) if len(ics) > 1 and ics.std(ddof=1) > 0 else float("nan")


def hac_t(values: FloatArray, lags: int) -> float:
    """t of the mean when neighbours overlap: Bartlett weights up to `lags`; NaN for fewer than 2 values.

    With `lags` 0 it is the plain t on the population deviation. Source: Newey and West (1987).
    """
    error = hac_error(values, lags)
    return float(values.mean() / error) if error > 0 else float("nan")


def hac_error(values: FloatArray, lags: int) -> float:
    """Standard error of the mean when neighbours overlap; NaN for fewer than 2 values. Source: as `hac_t`."""
    n = len(values)
    if n < 2:
        return float("nan")
    apart = values - values.mean()
    variance = float(apart @ apart) / n
    for lag in range(1, min(lags, n - 1) + 1):
        variance += 2 * (1 - lag / (lags + 1)) * float(apart[lag:] @ apart[:-lag]) / n
    return float(np.sqrt(max(variance, 0.0) / n))
