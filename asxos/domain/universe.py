"""Which securities could really have been traded on a date, judged by what was known on it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True)
class UniverseRule:
    """The least price and the least value traded, in A$ as traded (not adjusted), that make a share investable."""

    min_close: float = 0.20
    min_turnover: float = 250_000.0
    window: int = 20


def universe_mask(panel: pl.DataFrame, rule: UniverseRule) -> NDArray[np.bool_]:
    """Whether each row's security belongs to the universe of the row's date; shape (n_rows,).

    Uses the row and the `rule.window` - 1 rows of its security before it, nothing later. `panel` is sorted by
    (security_id, session_date); a missing price or turnover is out.
    """
    turnover = median_turnover(panel, rule.window)
    close = panel["raw_close"].to_numpy()
    return (close >= rule.min_close) & (turnover >= rule.min_turnover)


def median_turnover(panel: pl.DataFrame, window: int) -> NDArray[np.float64]:
    """Median of the security's last `window` values traded, A$; NaN until it has that many; shape (n_rows,)."""
    # One window over the contiguous rows, masked where it reaches into another security: faster than one per group.
    rolled = panel.select(pl.col("turnover").cast(pl.Float64).rolling_median(window)).to_series().to_numpy()
    securities = panel["security_id"].to_numpy()
    complete = np.zeros(len(securities), dtype=np.bool_)
    complete[window - 1 :] = securities[window - 1 :] == securities[: max(len(securities) - window + 1, 0)]
    return np.where(complete, rolled, np.nan)
