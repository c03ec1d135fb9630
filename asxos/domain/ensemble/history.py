"""What the ensemble would have said out of fold: its members' evidence pooled, with the weights of each date."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.ensemble.pooling import Opinions, pool
from asxos.domain.ensemble.rules import Limits, Weighting
from asxos.domain.ensemble.stacking import stacked_weights
from asxos.domain.ensemble.weighting import dynamic_weights, shown
from asxos.domain.validation.evidence import evidence
from asxos.domain.validation.sessions import Pace

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ROW = ("session_date", "security_id")
OF_ROW = ("excess", "liquidity", "sector", "cost")
SAID = ("ml_prob", "expected", "low", "high")
LEAST_SHARES = 3


@dataclass(frozen=True)
class Weigher:
    """How weights are made: `configured` of the members in order; `half_life` and, for stacking, `every` in dates."""

    weighting: Weighting
    configured: FloatArray
    limits: Limits
    half_life: float
    every: int
    pace: Pace

    def dynamic(self, ics: FloatArray) -> FloatArray:
        """Weights from rank ICs by date, oldest first, shape (n_dates, n_members)."""
        seen = shown(ics, self.half_life, self.pace.horizon / self.pace.step)
        return dynamic_weights(self.configured, seen, self.limits)

    def stacked(self, said: FloatArray, excess: FloatArray) -> FloatArray:
        """Weights from probabilities, shape (n_rows, n_members), and what followed."""
        return stacked_weights(said, (excess > 0).astype(np.float64), self.configured, self.limits)


@dataclass(frozen=True)
class Joint:
    """Members' evidence side by side, on the rows that at least one of them gives a probability.

    `rows`: ROW and OF_ROW, in order; `said`: shape (n_rows, n_members); `dates`: the number of each row's date, from 0;
    `ics`: of each member by date, shape (n_dates, n_members).
    """

    rows: pl.DataFrame
    said: Opinions
    dates: IntArray
    ics: FloatArray

    @property
    def excess(self) -> FloatArray:
        return self.rows["excess"].cast(pl.Float64).to_numpy()


def joined(members: Sequence[pl.DataFrame]) -> Joint:
    """The evidence of some members, in their order."""
    told = [frame.filter(pl.col("ml_prob").is_not_null()) for frame in members]
    rows = pl.concat([frame.select(*ROW, *OF_ROW) for frame in told]).unique(ROW, keep="first").sort(ROW)
    beside = [rows.select(ROW).join(frame, on=ROW, how="left", maintain_order="left") for frame in told]
    said = Opinions(*(np.column_stack([_floats(frame[name]) for frame in beside]) for name in SAID))
    dates = rows["session_date"].rank("dense").cast(pl.Int64).to_numpy() - 1
    return Joint(rows, said, dates, side_by_side([ic_by_date(frame) for frame in told]))


def ic_by_date(told: pl.DataFrame) -> pl.DataFrame:
    """`session_date, ic`: rank agreement of a member's scores with what followed; null for fewer than 3 shares."""
    values = pl.col("score", "excess").cast(pl.Float64)
    rows = told.select("session_date", values).filter(pl.all_horizontal(pl.col("score", "excess").is_finite()))
    ic = pl.when(pl.len() >= LEAST_SHARES).then(pl.corr("score", "excess", method="spearman").fill_nan(None))
    return rows.group_by("session_date").agg(ic=ic).sort("session_date")


def side_by_side(ics: Sequence[pl.DataFrame]) -> FloatArray:
    """The members' ICs on the dates that any of them has, oldest first; shape (n_dates, n_members), NaN missing."""
    dates = pl.concat([frame.select("session_date") for frame in ics]).unique().sort("session_date")
    columns = [dates.join(frame, on="session_date", how="left", maintain_order="left")["ic"] for frame in ics]
    return np.column_stack([_floats(column) for column in columns])


def pooled_evidence(joint: Joint, weigher: Weigher) -> pl.DataFrame:
    """The ensemble's own evidence: each date pooled by weights made of what was known on it."""
    pooled = pool(joint.said, weights_by_date(joint, weigher)[joint.dates])
    p = np.clip(pooled.probabilities, 1e-9, 1 - 1e-9)
    columns = dict(zip(SAID, (pooled.probabilities, pooled.expected, pooled.low, pooled.high), strict=True))
    of_rows = {name: joint.rows[name] for name in (*ROW, *OF_ROW)}
    return evidence(of_rows | columns | {"score": np.log(p / (1 - p))}).filter(pl.col("ml_prob").is_not_null())


def weights_by_date(joint: Joint, weigher: Weigher) -> FloatArray:
    """The weights on each date, from outcomes known at its close and no others; shape (n_dates, n_members)."""
    count = len(joint.ics)
    # A label reaches over this many dates, its own included, before it is known.
    known = np.maximum(np.arange(count) - weigher.pace.lags + 1, 0)
    if weigher.weighting is Weighting.FIXED:
        return np.tile(weigher.configured / weigher.configured.sum(), (count, 1))
    if weigher.weighting is Weighting.DYNAMIC:
        return np.array([weigher.dynamic(joint.ics[:dates]) for dates in known.tolist()])
    # Learning them is dear, so they are held until the next time.
    ends = np.searchsorted(joint.dates, known[:: weigher.every])
    learnt = [weigher.stacked(joint.said.probabilities[:end], joint.excess[:end]) for end in ends.tolist()]
    return np.repeat(learnt, weigher.every, axis=0)[:count]


def _floats(column: pl.Series) -> FloatArray:
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()
