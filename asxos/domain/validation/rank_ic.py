"""Rank IC: how far the order of scores on a date agrees with the order of what followed."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEAST_SHARES = 3


def rank_ic(scores: FloatArray, returns: FloatArray, sessions: IntArray) -> FloatArray:
    """Spearman's correlation of each session in order, each in [-1, 1]; shape (n_sessions_measured,).

    Args: all of shape (n_rows,). A row with NaN in either is left out; so is a session with fewer than 3 rows left or
    with scores all equal. Ties share their mean rank. Source: Spearman (1904).
    """
    table = pl.DataFrame({"score": scores, "return": returns, "session": sessions})
    table = table.filter(pl.col("score").is_finite() & pl.col("return").is_finite())
    by_session = table.group_by("session").agg(ic=pl.corr("score", "return", method="spearman"), shares=pl.len())
    kept = by_session.filter((pl.col("shares") >= LEAST_SHARES) & pl.col("ic").is_finite()).sort("session")
    return kept["ic"].to_numpy()


def icir(ics: FloatArray) -> float:
    """Mean over standard deviation of the ICs: how steady they are; NaN for fewer than 2."""
    return float(ics.mean() / ics.std(ddof=1)) if len(ics) > 1 and ics.std(ddof=1) > 0 else float("nan")


def hac_t(values: FloatArray, lags: int) -> float:
    """t of the mean when neighbours overlap: Bartlett weights up to `lags`; NaN for fewer than 2 values.

    With `lags` 0 it is the plain t on the population deviation. Source: Newey and West (1987).
    """
    n = len(values)
    if n < 2:
        return float("nan")
    apart = values - values.mean()
    variance = float(apart @ apart) / n
    for lag in range(1, min(lags, n - 1) + 1):
        variance += 2 * (1 - lag / (lags + 1)) * float(apart[lag:] @ apart[:-lag]) / n
    return float(values.mean() / np.sqrt(variance / n)) if variance > 0 else float("nan")
