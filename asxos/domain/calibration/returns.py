"""Score to expected excess return: means of score bins, shrunk to the grand mean, never falling."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asxos.domain.calibration.isotonic import equal_mass_bins, never_falling

FloatArray = NDArray[np.float64]

STEPS = 20
# The part of returns on either side that is pulled in to the quantile: one misprint must not move a bin.
TAIL = 0.005


@dataclass(frozen=True)
class ConditionalMean:
    """Expected excess return over the horizon by score, a fraction: straight lines between steps, flat outside."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def expected(self, scores: FloatArray) -> FloatArray:
        return np.interp(scores, self.xs, self.ys)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "ConditionalMean":
        return cls(tuple(stored["xs"]), tuple(stored["ys"]))


def fit_conditional_mean(scores: FloatArray, returns: FloatArray, overlap: float) -> ConditionalMean:
    """Shrunken bin means of winsorised returns.

    `overlap`: how many neighbouring labels tell the same story (horizon over sessions between dates); a bin counts as
    that many fewer rows. Each mean keeps the share tau2 / (tau2 + its error) of its distance from the grand mean, where
    tau2 is the variance between bins beyond error. Source: Efron and Morris (1975).
    """
    capped = np.clip(returns, *np.quantile(returns, [TAIL, 1 - TAIL]))
    bins = equal_mass_bins(scores, STEPS)
    means = np.array([capped[rows].mean() for rows in bins])
    sizes = np.array([len(rows) for rows in bins], np.float64)
    errors = np.array([capped[rows].var() for rows in bins]) * overlap / sizes
    between = max(float(means.var(ddof=1) - errors.mean()), 0.0) if len(bins) > 1 else 0.0
    kept = np.divide(between, between + errors, out=np.zeros(len(bins)), where=between + errors > 0)
    steps = never_falling(capped.mean() + kept * (means - capped.mean()), sizes)
    return ConditionalMean(tuple(scores[rows].mean().item() for rows in bins), tuple(steps.tolist()))
