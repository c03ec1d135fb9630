"""Which securities could really have been traded on a date, judged by what was known on it."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.quality import QualityRule, doubts


@dataclass(frozen=True)
class UniverseRule:
    """The least price and the least value traded, in A$ as traded (not adjusted), that make a share investable, and
    how good its latest bars must be.
    """

    min_close: float = 0.20
    min_turnover: float = 250_000.0
    window: int = 20
    quality: QualityRule = field(default_factory=QualityRule)


@dataclass(frozen=True, eq=False)
class Universe:
    """`mask`: whether each row's security belongs to the universe of the row's date; shape (n_rows,).

    `left_out`: `session_date, doubt, shares`: of those that price and turnover would have let in.
    """

    mask: NDArray[np.bool_]
    left_out: pl.DataFrame


def universe_of(panel: pl.DataFrame, rule: UniverseRule) -> Universe:
    """The universe of every date of the panel: the shares that had a bar on it, whatever became of them later.

    Uses the row and rows of its security before it, nothing later. `panel` is sorted by (security_id, session_date); a
    missing price or turnover is out.
    """
    is_investable = (panel["raw_close"].to_numpy() >= rule.min_close) & (
        median_turnover(panel, rule.window) >= rule.min_turnover
    )
    doubt = doubts(panel, rule.quality)
    doubted = panel.select("session_date", doubt=doubt).filter(pl.Series(is_investable) & doubt.is_not_null())
    left_out = doubted.group_by("session_date", "doubt").agg(shares=pl.len()).sort("session_date", "doubt")
    return Universe(is_investable & doubt.is_null().to_numpy(), left_out)


def universe_mask(panel: pl.DataFrame, rule: UniverseRule) -> NDArray[np.bool_]:
    """`universe_of`, the mask alone."""
    return universe_of(panel, rule).mask


def median_turnover(panel: pl.DataFrame, window: int) -> NDArray[np.float64]:
    """Median of the security's last `window` values traded, A$; NaN until it has that many; shape (n_rows,)."""
    # One window over the contiguous rows, masked where it reaches into another security: faster than one per group.
    rolled = panel.select(pl.col("turnover").cast(pl.Float64).rolling_median(window)).to_series().to_numpy()
    securities = panel["security_id"].to_numpy()
    complete = np.zeros(len(securities), dtype=np.bool_)
    complete[window - 1 :] = securities[window - 1 :] == securities[: max(len(securities) - window + 1, 0)]
    return np.where(complete, rolled, np.nan)
