"""Split-conformal intervals around the expected return, apart for each liquidity third."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

COVERAGE = 0.90
GROUPS = 3


@dataclass(frozen=True)
class Intervals:
    """What to add to the expected return for the low and the high end, by group (0: least liquid third)."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    def around(self, expected: FloatArray, groups: IntArray) -> FloatArray:
        """Low and high ends, fractions; shape (n, 2)."""
        return np.column_stack([expected + np.asarray(self.low)[groups], expected + np.asarray(self.high)[groups]])

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Intervals":
        return cls(tuple(stored["low"]), tuple(stored["high"]))


def fit_intervals(residuals: FloatArray, groups: IntArray, coverage: float = COVERAGE) -> Intervals:
    """Ends that hold `coverage` of new residuals, half of the misses on either side.

    A group without rows uses all rows.
    Source: Vovk, Gammerman and Shafer (2005); Romano, Patterson and Candes (2019) for the two sides.
    """
    parts = [residuals[groups == group] if (groups == group).any() else residuals for group in range(GROUPS)]
    ends = [_ends(np.sort(part), (1 - coverage) / 2) for part in parts]
    return Intervals(tuple(low for low, _ in ends), tuple(high for _, high in ends))


def liquidity_groups(ranks: NDArray[np.floating[Any]]) -> IntArray:
    """The third of each share by its date's liquidity rank in [-0.5, 0.5]; unknown liquidity is the middle third."""
    places = np.floor((np.nan_to_num(ranks.astype(np.float64), nan=0.0) + 0.5) * GROUPS)
    return np.clip(places, 0, GROUPS - 1).astype(np.int64)


def _ends(ordered: FloatArray, tail: float) -> tuple[float, float]:
    """The order statistics that leave at most `tail` outside on each side, for one more residual."""
    n = len(ordered)
    outside = max(int(np.floor((n + 1) * tail + 1e-9)), 1)
    return float(ordered[outside - 1]), float(ordered[n - outside])
