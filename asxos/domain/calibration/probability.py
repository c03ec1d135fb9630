"""Score to probability: as it is, by Platt's line or by isotonic steps, whichever foretold later dates best."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asxos.domain.calibration.isotonic import equal_mass_bins, never_falling
from asxos.domain.calibration.nesting import later_parts
from asxos.domain.validation.probability import log_loss

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Nothing about next month's return is more certain than this.
MOST_CERTAIN = 0.99
STEPS = 40
# Log-loss, nats, that a method must gain over a simpler one; a good month's model gains some 0.001 over a coin.
LEAST_GAIN = 5e-5
# Scores further than this from the middle, in robust deviations, count as this far.
FARTHEST = 4.0


class Method(StrEnum):
    RAW = "raw"
    PLATT = "platt"
    ISOTONIC = "isotonic"


@dataclass(frozen=True)
class Calibrator:
    """Maps scores to probabilities, never falling. RAW reads scores as log-odds.

    PLATT: logistic of `intercept` + `slope` x (score - `center`) / `spread`. ISOTONIC: straight lines between the steps
    (`xs`, `ys`), flat outside them.
    """

    method: Method
    slope: float = 0.0
    intercept: float = 0.0
    center: float = 0.0
    spread: float = 1.0
    xs: tuple[float, ...] = ()
    ys: tuple[float, ...] = ()

    def probabilities(self, scores: FloatArray) -> FloatArray:
        """Probability that the excess return is positive; shape as `scores`."""
        if self.method is Method.ISOTONIC:
            found = np.interp(scores, self.xs, self.ys)
        elif self.method is Method.PLATT:
            found = _logistic(self.intercept + self.slope * _standard(scores, self.center, self.spread))
        else:
            found = _logistic(scores)
        return np.clip(found, 1 - MOST_CERTAIN, MOST_CERTAIN)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Calibrator":
        numbers = {name: float(stored[name]) for name in ("slope", "intercept", "center", "spread")}
        return cls(Method(stored["method"]), **numbers, xs=tuple(stored["xs"]), ys=tuple(stored["ys"]))


def fit_calibrator(method: Method, scores: FloatArray, outcomes: FloatArray) -> Calibrator:
    """A calibrator of the method asked for; outcomes are 0 or 1, both shape (n_rows,)."""
    if method is Method.ISOTONIC:
        return _fit_isotonic(scores, outcomes)
    return _fit_platt(scores, outcomes) if method is Method.PLATT else Calibrator(Method.RAW)


def choose_calibrator(
    scores: FloatArray, outcomes: FloatArray, sessions: IntArray, *, is_log_odds: bool, purge: int
) -> tuple[Calibrator, FloatArray]:
    """The method with the least log-loss on dates later than those it was fitted on, refitted on all rows.

    Returns the calibrator and that method's nested probabilities, NaN where there was nothing earlier to fit on: judge
    the calibration by these. A method that gains less than LEAST_GAIN over a simpler one is not taken.
    """
    methods = [Method.RAW, Method.PLATT, Method.ISOTONIC] if is_log_odds else [Method.PLATT, Method.ISOTONIC]
    nested = {method: _nested(method, scores, outcomes, sessions, purge) for method in methods}
    best = min(methods, key=lambda method: _loss(nested[method], outcomes) + LEAST_GAIN * methods.index(method))
    return fit_calibrator(best, scores, outcomes), nested[best]


def _nested(method: Method, scores: FloatArray, outcomes: FloatArray, sessions: IntArray, purge: int) -> FloatArray:
    found = np.full(len(scores), np.nan)
    for earlier, later in later_parts(sessions, purge):
        found[later] = fit_calibrator(method, scores[earlier], outcomes[earlier]).probabilities(scores[later])
    return found


def _loss(probabilities: FloatArray, outcomes: FloatArray) -> float:
    judged = np.isfinite(probabilities)
    return log_loss(probabilities[judged], outcomes[judged]) if judged.any() else 0.0


def _fit_isotonic(scores: FloatArray, outcomes: FloatArray) -> Calibrator:
    bins = equal_mass_bins(scores, STEPS)
    xs = np.array([scores[rows].mean() for rows in bins])
    # One positive and one negative more in each bin: no step claims certainty.
    ys = np.array([(outcomes[rows].sum() + 1) / (len(rows) + 2) for rows in bins])
    steps = never_falling(ys, np.array([len(rows) for rows in bins], np.float64))
    return Calibrator(Method.ISOTONIC, xs=tuple(xs.tolist()), ys=tuple(steps.tolist()))


def _fit_platt(scores: FloatArray, outcomes: FloatArray) -> Calibrator:
    low, center, high = np.quantile(scores, [0.25, 0.5, 0.75]).tolist()
    spread = (high - low) / 1.349 or 1.0
    design = np.column_stack([np.ones(len(scores)), _standard(scores, center, spread)])
    beta = np.zeros(2)
    for _ in range(12):
        p = _logistic(design @ beta)
        # The small ridge keeps Newton's step finite when all scores are equal.
        curve = design.T @ (design * (p * (1 - p))[:, None]) + 1e-6 * np.eye(2)
        beta = beta + np.linalg.solve(curve, design.T @ (outcomes - p))
    # A falling line would turn the ranking round; then the score is worth nothing and the base rate is said.
    if beta[1] < 0:
        rate = float(np.clip(outcomes.mean(), 0.01, 0.99))
        beta = np.array([np.log(rate / (1 - rate)), 0.0])
    return Calibrator(Method.PLATT, float(beta[1]), float(beta[0]), center, spread)


def _standard(scores: FloatArray, center: float, spread: float) -> FloatArray:
    return np.clip((scores - center) / spread, -FARTHEST, FARTHEST)


def _logistic(x: FloatArray) -> FloatArray:
    return 1.0 / (1.0 + np.exp(-np.clip(x, -50, 50)))
