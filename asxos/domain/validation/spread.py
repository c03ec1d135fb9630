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
    place = (pl.col("score").rank("ordinal") - 1).over("session") * bins // pl.len().over("session")
    value = pl.col("return")
    capped = value.clip(value.quantile(tail).over("session"), value.quantile(1 - tail).over("session"))
    by_session = table.with_columns(capped).group_by("session", tenth=place).agg(pl.col("return").mean())
    means = by_session.group_by("tenth").agg(pl.col("return").mean()).sort("tenth")
    out = np.full(bins, np.nan)
    out[means["tenth"].to_numpy().astype(np.int64)] = means["return"].to_numpy()
    return out
