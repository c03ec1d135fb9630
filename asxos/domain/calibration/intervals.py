"""Conformal intervals in multiples of a share's own swing, stretched as the latest outcomes ask for."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

COVERAGE = 0.90
GROUPS = 3
# The power of today's swing that next month's follows: below 1, for swings return to what is usual. The fit of log
# residuals gives 0.82 on ASX prices from 2005, 0.78 on their largest 220 from 2016, 0.77 on the simulated market.
POWER = 0.8
# Chosen by the share of rolling 60 sessions whose coverage is 88 to 92 % (ADR 9): how far the stretch answers a date's
# misses, and how much of it is forgotten a date.
GAIN, LEAK = 2.0, 0.2
# A date's share of misses is believed as its rows over theirs and this many: from date to date it has a deviation of
# 0.036 to 0.052 (by third, ASX from 2007) beyond the chance of drawing n rows, whose variance is 0.09 / n.
DOUBT = 40.0
# No stretch beyond e and 1 / e.
MOST = 1.0


@dataclass(frozen=True)
class Intervals:
    """Ends by liquidity third (0: least liquid), in residuals per swing ** `power`.

    `stretch`: log of what they are multiplied by now; `typical`: the swing of a share whose own is not known. Without
    power and gain, as stored before 2026-11, they are fractions and never move.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    typical: float = 1.0
    power: float = 0.0
    gain: float = 0.0
    leak: float = 0.0
    stretch: tuple[float, ...] = (0.0,) * GROUPS

    def around(self, expected: FloatArray, groups: IntArray, swings: FloatArray) -> FloatArray:
        """Low and high ends, fractions; shape (n, 2).

        `swings`: a share's typical daily range as known on the session, a fraction, NaN where it is not known.
        """
        unit = self.units(swings) * np.exp(np.asarray(self.stretch))[groups]
        return np.column_stack([expected + unit * np.asarray(end)[groups] for end in (self.low, self.high)])

    def units(self, swings: FloatArray) -> FloatArray:
        """What ends are multiples of; shape as `swings`."""
        return np.where(swings > 0, swings, self.typical) ** self.power

    def adapted(self, residuals: FloatArray, groups: IntArray, swings: FloatArray) -> "Intervals":
        """The intervals once the outcomes of one more date are known.

        A third whose outcomes missed more often than promised is stretched, else it shrinks; what was learnt fades.
        Source: Gibbs and Candes (2021); Angelopoulos, Candes and Tibshirani (2023) for tracking the width.
        """
        ends = self.around(np.zeros(len(residuals)), groups, swings)
        missed = ((residuals < ends[:, 0]) | (residuals > ends[:, 1])).astype(np.float64)
        counts = np.bincount(groups, minlength=GROUPS)
        too_many = np.bincount(groups, missed - (1 - COVERAGE), minlength=GROUPS) / (counts + DOUBT)
        moved = (1 - self.leak) * np.asarray(self.stretch) + self.gain * too_many
        return replace(self, stretch=tuple(np.clip(moved, -MOST, MOST).tolist()))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Intervals":
        values: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in stored.items()}
        return cls(**values)


def fit_intervals(
    residuals: FloatArray, groups: IntArray, swings: FloatArray, stretch: tuple[float, ...] = (0.0,) * GROUPS
) -> Intervals:
    """Ends that hold COVERAGE of new residuals, half of the misses on either side; they keep a stretch already learnt.

    A third without rows uses all rows.
    Source: Vovk, Gammerman and Shafer (2005); Romano, Patterson and Candes (2019) for the two sides; Papadopoulos,
    Gammerman and Vovk (2008) for residuals per unit of their own spread.
    """
    known = swings[swings > 0]
    bare = Intervals((), (), float(np.median(known)) if len(known) else 1.0, POWER, GAIN, LEAK, stretch)
    scaled = residuals / bare.units(swings)
    parts = [scaled[groups == group] if (groups == group).any() else scaled for group in range(GROUPS)]
    ends = [_ends(np.sort(part), (1 - COVERAGE) / 2) for part in parts]
    return replace(bare, low=tuple(low for low, _ in ends), high=tuple(high for _, high in ends))


def liquidity_groups(ranks: NDArray[np.floating[Any]]) -> IntArray:
    """The third of each share by its date's liquidity rank in [-0.5, 0.5]; unknown liquidity is the middle third."""
    places = np.floor((np.nan_to_num(ranks.astype(np.float64), nan=0.0) + 0.5) * GROUPS)
    return np.clip(places, 0, GROUPS - 1).astype(np.int64)


def _ends(ordered: FloatArray, tail: float) -> tuple[float, float]:
    """The order statistics that leave at most `tail` outside on each side, for one more residual."""
    n = len(ordered)
    outside = max(int(np.floor((n + 1) * tail + 1e-9)), 1)
    return float(ordered[outside - 1]), float(ordered[n - outside])
