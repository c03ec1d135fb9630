"""What the best and the worst tenth by score earned: does the order carry money?"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def decile_means(
    scores: FloatArray, returns: FloatArray, sessions: IntArray, bins: int = 10, tail: float = 0.01
) -> FloatArray:
    """Mean return of each tenth by score, worst tenth first; tenths are cut on each session; shape (bins,).

    A session's mean counts once however many shares it has. Gross of costs. Rows with NaN in either are left out.
    Returns are pulled in to their session's quantiles at `tail` and 1 - `tail`: a misprint of +10,000 % is not a gain.
    """
    table = pl.DataFrame({"score": scores, "return": returns, "session": sessions})
    table = table.filter(pl.col("score").is_finite() & pl.col("return").is_finite())
    value = pl.col("return")
    cut = table.select(
        session=pl.col("session").rank("dense") - 1,
        tenth=((pl.col("score").rank("ordinal") - 1) * bins // pl.len()).over("session"),
        capped=value.clip(value.quantile(tail).over("session"), value.quantile(1 - tail).over("session")),
    )
    # Summed in row order, where a grouped mean would differ in its last bits from run to run.
    cell = cut["session"].to_numpy().astype(np.int64) * bins + cut["tenth"].to_numpy().astype(np.int64)
    size = bins * (int(cell.max(initial=-1)) // bins + 1)
    counts = np.bincount(cell, minlength=size).reshape(-1, bins)
    sums = np.bincount(cell, cut["capped"].to_numpy(), minlength=size).reshape(-1, bins)
    means = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
    sessions_with = (counts > 0).sum(axis=0)
    return np.divide(means.sum(axis=0), sessions_with, out=np.full(bins, np.nan), where=sessions_with > 0)
