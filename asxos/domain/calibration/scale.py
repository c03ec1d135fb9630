"""A model's scale: everything that turns its scores into what is published, in one record stored with the model."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asxos.domain.calibration.intervals import Intervals, fit_intervals
from asxos.domain.calibration.nesting import later_parts
from asxos.domain.calibration.probability import Calibrator, choose_calibrator
from asxos.domain.calibration.returns import ConditionalMean, fit_conditional_mean

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """Out-of-fold scores beside what followed; every array of shape (n_rows,).

    `excess`: return in excess of the date's median, fractions; `groups`: liquidity third, 0 to 2.
    """

    scores: FloatArray
    excess: FloatArray
    sessions: IntArray
    groups: IntArray

    def part(self, rows: NDArray[np.bool_]) -> "Scored":
        return Scored(self.scores[rows], self.excess[rows], self.sessions[rows], self.groups[rows])


@dataclass(frozen=True)
class Scale:
    """Probability, expected return and interval of a score."""

    calibrator: Calibrator
    mean: ConditionalMean
    intervals: Intervals

    def to_json(self) -> dict[str, Any]:
        return {
            "calibrator": self.calibrator.to_json(),
            "mean": self.mean.to_json(),
            "intervals": self.intervals.to_json(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Scale":
        return cls(
            Calibrator.from_json(stored["calibrator"]),
            ConditionalMean.from_json(stored["mean"]),
            Intervals.from_json(stored["intervals"]),
        )


@dataclass(frozen=True)
class Said:
    """What a scale says of rows; every array of shape (n_rows,), NaN where nothing could be said."""

    probabilities: FloatArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def nothing(cls, rows: int) -> "Said":
        return cls(*(np.full(rows, np.nan) for _ in range(4)))


@dataclass(frozen=True)
class FittedScale:
    """A scale and its honest record: each row judged by what earlier dates taught, NaN where there were none."""

    scale: Scale
    nested: Said


def fit_scale(scored: Scored, *, is_log_odds: bool, purge: int, overlap: float) -> FittedScale:
    """Learn a scale from out-of-fold scores. `purge`, in sessions, parts earlier from later dates inside."""
    outcomes = (scored.excess > 0).astype(np.float64)
    calibrator, probabilities = choose_calibrator(
        scored.scores, outcomes, scored.sessions, is_log_odds=is_log_odds, purge=purge
    )
    nested = replace(_nested_returns(scored, purge, overlap), probabilities=probabilities)
    return FittedScale(Scale(calibrator, *_returns(scored, overlap)), nested)


def _returns(scored: Scored, overlap: float) -> tuple[ConditionalMean, Intervals]:
    mean = fit_conditional_mean(scored.scores, scored.excess, overlap)
    return mean, fit_intervals(scored.excess - mean.expected(scored.scores), scored.groups)


def _nested_returns(scored: Scored, purge: int, overlap: float) -> Said:
    """Expected returns and intervals of later rows as earlier dates gave them."""
    said = Said.nothing(len(scored.scores))
    for earlier, later in later_parts(scored.sessions, purge):
        mean, intervals = _returns(scored.part(earlier), overlap)
        judged = scored.part(later)
        said.expected[later] = mean.expected(judged.scores)
        ends = intervals.around(said.expected[later], judged.groups)
        said.low[later], said.high[later] = ends.T
    return said
