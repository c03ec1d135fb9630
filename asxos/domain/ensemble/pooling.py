"""What several models said of the same rows as one opinion, by weight; the same for one day as for years."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# The height of the normal density in the middle: what a step of one deviation does to a probability near one half.
DENSITY = 1 / math.sqrt(2 * math.pi)


@dataclass(frozen=True)
class Opinions:
    """What each member said of each row, NaN where it said nothing; every array of shape (n_rows, n_members).

    `expected`, `low` and `high` are excess returns over the horizon, fractions.
    """

    probabilities: FloatArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class Pooled:
    """One opinion of each row; every array of shape (n_rows,), NaN where no member with weight said anything.

    `agreement`: share of the weight on the same side of one half as the probability. `disagreement`: weighted standard
    deviation of the members' probabilities; NaN where fewer than two spoke.
    """

    probabilities: FloatArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    agreement: FloatArray
    disagreement: FloatArray

    def one(self, row: int) -> "Opinion":
        """The opinion of one row."""
        columns = (self.probabilities, self.expected, self.low, self.high, self.agreement, self.disagreement)
        ml_prob, expected, low, high, agreement, disagreement = (float(column[row]) for column in columns)
        ends = None if math.isnan(low) else (low, high)
        return Opinion(ml_prob, expected, ends, agreement, None if math.isnan(disagreement) else disagreement)


@dataclass(frozen=True)
class Opinion:
    """The opinion of one share; what is missing is None."""

    ml_prob: float
    expected_return: float
    interval: tuple[float, float] | None
    agreement: float
    disagreement: float | None


def pool(said: Opinions, weights: FloatArray) -> Pooled:
    """The opinions combined. `weights`, of any sum: shape (n_members,), or (n_rows, n_members) where they change.

    A member that says nothing of a row drops out of it, with the others' weights rescaled to 1. The interval is the
    weighted mean of the members' ends over those that give one, made wider by their disagreement: if members place a
    return's mean apart by a deviation of d / DENSITY of its own deviations, its variance is 1 + (d / DENSITY)^2 times
    what each of them holds (law of total variance; returns taken as normal).
    """
    spoke = np.isfinite(said.probabilities)
    shares = _shares(weights, spoke)
    probabilities = np.clip(_mean(shares, said.probabilities), 0.0, 1.0)
    apart = np.sqrt(_mean(shares, (said.probabilities - probabilities[:, None]) ** 2))
    disagreement = np.where((shares > 0).sum(axis=1) > 1, apart, np.nan)
    with_ends = _shares(weights, spoke & np.isfinite(said.low) & np.isfinite(said.high))
    low, high = _mean(with_ends, said.low), _mean(with_ends, said.high)
    wider = (_widening(disagreement) - 1) * (high - low) / 2
    same_side = (said.probabilities - 0.5) * (probabilities[:, None] - 0.5) > 0
    return Pooled(
        probabilities=probabilities,
        expected=_mean(_shares(weights, spoke & np.isfinite(said.expected)), said.expected),
        low=low - wider,
        high=high + wider,
        agreement=_mean(shares, same_side.astype(np.float64)),
        disagreement=disagreement,
    )


def _widening(disagreement: FloatArray) -> FloatArray:
    """How many times as wide; 1 where no disagreement could be seen."""
    return np.sqrt(1 + (np.nan_to_num(disagreement) / DENSITY) ** 2)


def _shares(weights: FloatArray, spoke: NDArray[np.bool_]) -> FloatArray:
    """Each member's part of the weight of those that spoke; rows of NaN where nobody did."""
    heard = np.where(spoke, weights, 0.0)
    total = heard.sum(axis=1, keepdims=True)
    return np.divide(heard, total, out=np.full(heard.shape, np.nan), where=total > 0)


def _mean(shares: FloatArray, values: FloatArray) -> FloatArray:
    """The mean of each row by its shares; a member without a share is not looked at."""
    return (shares * np.where(shares > 0, values, 0.0)).sum(axis=1)
