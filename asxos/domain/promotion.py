"""The gate: what a version must have shown on rows it had never seen before it may speak for its model."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.validation.rank_ic import hac_t
from asxos.domain.validation.record import honesty
from asxos.domain.validation.sessions import Pace
from asxos.domain.validation.spread import spread, tenths

FloatArray = NDArray[np.float64]

ROW = ("session_date", "security_id")
CALIBRATION_BINS = 10
REFERENCE = "ridge"
"""The model that every other one must beat; the plain rules themselves need only be honest."""


class Action(StrEnum):
    """What a row of the ledger says of a version."""

    PROMOTE = "promote"
    REFUSE = "refuse"
    ROLLBACK = "rollback"
    """A former champion takes its place again."""


class Role(StrEnum):
    """What a version is to its model."""

    CHAMPION = "champion"
    """It went through the gate and speaks for its model."""
    CHALLENGER = "challenger"
    """Newer than the champion, or the newest where there is none: it is shown, but has no voice in the ensemble."""
    RETIRED = "retired"
    """An older one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the gate; what could not be measured has value None and has not passed."""

    measure: str
    value: float | None
    bound: str
    passed: bool

    @classmethod
    def within(cls, measure: str, value: float | None, low: float, high: float = math.inf) -> "Finding":
        """Passed from `low` to `high`, ends included."""
        known = None if value is None or math.isnan(value) else float(value)
        bound = f"at least {low:g}" if high == math.inf else f"{low:g} to {high:g}"
        return cls(measure, known, bound, known is not None and low <= known <= high)


@dataclass(frozen=True, slots=True)
class Gate:
    """The bounds: greatest calibration error beyond chance, coverage of 90 %, least t of net spread over the reference.

    A t of 1 asks for one standard error: of models that do as well as one another the simplest is kept. Source:
    Breiman, Friedman, Olshen and Stone (1984), the rule of one standard error.
    """

    max_ece: float = 0.02
    min_coverage: float = 0.88
    max_coverage: float = 0.92
    min_t: float = 1.0


def clean(leaks: int | None) -> list[Finding]:
    """Whether the version's own leak checks found nothing; None: they were not made."""
    return [Finding.within("leaks found", leaks, 0, 0)]


def honest(evidence: pl.DataFrame, pace: Pace, gate: Gate) -> list[Finding]:
    """Whether probabilities and intervals were as good as their word."""
    said, judged = honesty(evidence), evidence["ml_prob"].count()
    beyond = None if said["ece"] is None else max(said["ece"] - chance_error(judged, pace), 0.0)
    return [
        Finding.within("calibration error beyond chance", beyond, 0, gate.max_ece),
        Finding.within("interval coverage", said["coverage"], gate.min_coverage, gate.max_coverage),
    ]


def chance_error(rows: int, pace: Pace) -> float:
    """The expected calibration error of a perfect forecaster near one half, of whom so many rows were seen.

    The mean gap of a normal in each of its bins: sqrt(2 / pi) deviations of sqrt(1/4 / rows of the bin), where rows
    whose labels overlap count once.
    """
    return math.sqrt(2 / math.pi * CALIBRATION_BINS * pace.horizon / pace.step / (4 * rows))


def better(evidence: pl.DataFrame, reference: pl.DataFrame | None, pace: Pace, gate: Gate) -> list[Finding]:
    """Whether the best tenth less the worst earned more, after costs, than the reference's on the very same rows.

    Its t allows for labels that overlap.
    """
    apart = np.empty(0) if reference is None else net_difference(evidence, reference, pace)
    return [
        Finding.within(f"net spread over {REFERENCE}", float(apart.mean()) if len(apart) else None, 0),
        Finding.within(f"t of net spread over {REFERENCE}", hac_t(apart, pace.lags), gate.min_t),
    ]


def net_difference(evidence: pl.DataFrame, reference: pl.DataFrame, pace: Pace) -> FloatArray:
    """Net spread less the reference's of each session both have scored, on the rows both have; a fraction a horizon."""
    theirs = reference.select(*ROW, theirs="score")
    rows = evidence.join(theirs, on=ROW, maintain_order="left").filter(
        pl.all_horizontal(pl.col("score", "theirs").is_finite())
    )
    mine, other = (spread(tenths(frame), pace.rebalance).net for frame in (rows, rows.with_columns(score="theirs")))
    return (mine - other)[np.isfinite(mine - other)]
