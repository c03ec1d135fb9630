"""Where a difference from the index came from: allocation and selection by sector, summing to it exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Period:
    """One period's weights and returns by group, fractions; the benchmark holds every group the portfolio does.

    Weights are of the start of the period and sum to 1; shape (n_groups,).
    """

    weights: FloatArray
    returns: FloatArray
    benchmark_weights: FloatArray
    benchmark_returns: FloatArray

    @property
    def total(self) -> float:
        return float(self.weights @ self.returns)

    @property
    def benchmark_total(self) -> float:
        return float(self.benchmark_weights @ self.benchmark_returns)


@dataclass(frozen=True)
class Effect:
    """A group's part of the difference, fractions of the starting value over all periods."""

    allocation: float
    selection: float

    @property
    def total(self) -> float:
        return self.allocation + self.selection


@dataclass(frozen=True)
class Attribution:
    """Effects by group; their sum is `portfolio` - `benchmark`."""

    effects: Mapping[str, Effect]
    portfolio: float
    benchmark: float
    method: str = "Brinson and Fachler (1985), interaction within selection; periods linked by Carino (1999)"

    @property
    def difference(self) -> float:
        return self.portfolio - self.benchmark


def attribute(groups: Sequence[str], periods: Sequence[Period]) -> Attribution:
    """Allocation (more of a group that beat the benchmark) and selection (better than its group), linked over time."""
    portfolio = float(np.prod([1 + p.total for p in periods]) - 1)
    benchmark = float(np.prod([1 + p.benchmark_total for p in periods]) - 1)
    allocation, selection = np.zeros(len(groups)), np.zeros(len(groups))
    whole = _link(portfolio, benchmark)
    for period in periods:
        factor = _link(period.total, period.benchmark_total) / whole
        apart = period.benchmark_returns - period.benchmark_total
        allocation += factor * (period.weights - period.benchmark_weights) * apart
        selection += factor * period.weights * (period.returns - period.benchmark_returns)
    effects = {group: Effect(float(a), float(s)) for group, a, s in zip(groups, allocation, selection, strict=True)}
    return Attribution(effects, portfolio, benchmark)


def _link(portfolio: float, benchmark: float) -> float:
    """Carino's factor: what a period's arithmetic difference counts for in the compound one."""
    if abs(portfolio - benchmark) < 1e-12:
        return 1 / (1 + portfolio)
    return (np.log1p(portfolio) - np.log1p(benchmark)) / (portfolio - benchmark)
