"""What a portfolio leans on: single holdings, groups of them, and how they move together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Concentration:
    """`effective`: the number of equal holdings that would be as concentrated; `top`: the largest weights' sums."""

    herfindahl: float
    effective: float
    largest: float
    top_5: float
    top_10: float


def concentration(weights: FloatArray) -> Concentration | None:
    """Of weights that sum to 1, shape (n_holdings,); None of nothing. Source: Herfindahl (1950)."""
    if not len(weights):
        return None
    ordered = np.sort(weights)[::-1]
    herfindahl = float(weights @ weights)
    return Concentration(
        herfindahl, 1 / herfindahl, float(ordered[0]), float(ordered[:5].sum()), float(ordered[:10].sum())
    )


def exposure(weights: Sequence[float], groups: Sequence[str | None], unknown: str = "Unknown") -> Mapping[str, float]:
    """The weight of each group, the heaviest first."""
    found: dict[str, float] = {}
    for weight, group in zip(weights, groups, strict=True):
        found[group or unknown] = found.get(group or unknown, 0.0) + weight
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def correlations(returns: FloatArray, least: int) -> FloatArray:
    """Pairwise over the sessions both have, NaN with fewer than `least`; `returns` (n_sessions, n_holdings)."""
    known = np.isfinite(returns)
    found = np.full((returns.shape[1], returns.shape[1]), np.nan)
    for i in range(returns.shape[1]):
        for j in range(i, returns.shape[1]):
            both = known[:, i] & known[:, j]
            pair = returns[both][:, [i, j]]
            if both.sum() >= least and (pair.std(axis=0) > 0).all():
                matrix: FloatArray = np.asarray(np.corrcoef(pair.T), np.float64)
                found[i, j] = found[j, i] = matrix[0, 1]
    return found
