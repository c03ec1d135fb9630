"""A model's scale: everything that turns its scores into what is published, in one record stored with the model."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asxos.domain.calibration.intervals import Intervals
from asxos.domain.calibration.probability import Calibrator, choose_calibrator
from asxos.domain.calibration.returns import ConditionalMean
from asxos.domain.calibration.walking import Outlook, Scored, walk

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Said:
    """Probability, expected excess return and its interval; all of shape (n_rows,), NaN where nothing could be said."""

    probabilities: FloatArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class Scale:
    """Probability, expected return and interval of a score."""

    calibrator: Calibrator
    outlook: Outlook

    def said(self, scores: FloatArray, groups: IntArray, swings: FloatArray) -> Said:
        """What is published of shares; their liquidity thirds and swings as `Scored` has them."""
        return Said(self.calibrator.probabilities(scores), *self.outlook.ends(scores, groups, swings).T)

    def adapted(self, news: Scored) -> "Scale":
        """Once the outcomes of further dates are known; intervals alone follow them."""
        return replace(self, outlook=self.outlook.adapted(news))

    def to_json(self) -> dict[str, Any]:
        return {
            "calibrator": self.calibrator.to_json(),
            "mean": self.outlook.mean.to_json(),
            "intervals": self.outlook.intervals.to_json(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Scale":
        return cls(
            Calibrator.from_json(stored["calibrator"]),
            Outlook(ConditionalMean.from_json(stored["mean"]), Intervals.from_json(stored["intervals"])),
        )


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
    outlook, told = walk(scored, purge, overlap)
    return FittedScale(Scale(calibrator, outlook), Said(probabilities, *told.T))
