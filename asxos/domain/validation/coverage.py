"""Whether intervals held what they promised, in every stretch of time and not only on the whole."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.validation.record import inside
from asxos.domain.validation.sessions import Pace

FloatArray = NDArray[np.float64]

WINDOW = 60
"""Sessions."""
LEAST, MOST = 0.88, 0.92
"""Within these the coverage of a window is as promised, for intervals of 90 %."""


def rolling_coverage(evidence: pl.DataFrame, pace: Pace, window: int = WINDOW) -> list[dict[str, Any]]:
    """`part` ("all", then liquidity thirds "0" to "2"), coverage and its `lowest`, `highest` and share `within` bounds.

    Over windows of `window` sessions, one ending on each date; none where the evidence is shorter.
    """
    judged = evidence.filter(pl.col("low").is_not_null())
    judged = judged.with_columns(inside=pl.Series(inside(judged)))
    parts = {"all": judged} | {str(third): judged.filter(pl.col("liquidity") == third) for third in range(3)}
    return [_part(name, rows, pace.dates(window)) for name, rows in parts.items() if rows.height]


def _part(name: str, rows: pl.DataFrame, dates: int) -> dict[str, Any]:
    by_date = rows.group_by("session_date", maintain_order=True).agg(pl.col("inside").sum(), rows=pl.len())
    held, asked = (by_date[column].cast(pl.Float64).rolling_sum(dates).to_numpy() for column in ("inside", "rows"))
    windows = held[dates - 1 :] / asked[dates - 1 :]
    found = {"part": name, "coverage": float(by_date["inside"].sum() / rows.height), "windows": len(windows)}
    if not len(windows):
        return found | dict.fromkeys(("lowest", "highest", "within"))
    within = float(((windows >= LEAST) & (windows <= MOST)).mean())
    return found | {"lowest": float(windows.min()), "highest": float(windows.max()), "within": within}
