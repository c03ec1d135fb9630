"""A mixed-integer linear programme written down row by row, for HiGHS to minimise."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
Terms = Mapping[int, float]
"""Coefficients by column."""


class Kind(Enum):
    """What values a column may have."""

    PART = "any value"
    CHOICE = "0 or 1"
    ORDER = "whole units of an order"
    PARCEL = "whole units of a parcel"


PARTS: frozenset[Kind] = frozenset()
CHOICES = frozenset({Kind.CHOICE})
ORDERS = frozenset({Kind.CHOICE, Kind.ORDER})
WHOLE = frozenset({Kind.CHOICE, Kind.ORDER, Kind.PARCEL})


@dataclass(frozen=True)
class Solution:
    """`values` of the columns, None when nothing was found; `bound`: no choice costs less."""

    values: FloatArray | None
    bound: float


class Programme:
    """Columns with bounds and costs, rows with limits; each is added once and never changed."""

    def __init__(self) -> None:
        self._columns: list[tuple[float, float, float]] = []
        self._kinds: list[Kind] = []
        self._rows: list[tuple[Terms, float, float]] = []

    def column(self, low: float = 0.0, high: float = np.inf, *, cost: float = 0.0, kind: Kind = Kind.PART) -> int:
        """A new variable; returns its place."""
        self._columns.append((low, high, cost))
        self._kinds.append(kind)
        return len(self._columns) - 1

    def choice(self, cost: float = 0.0) -> int:
        """A new variable that is 0 or 1."""
        return self.column(high=1.0, cost=cost, kind=Kind.CHOICE)

    def row(self, terms: Terms, low: float = -np.inf, high: float = np.inf) -> None:
        """`low` <= sum of coefficient x column <= `high`."""
        self._rows.append((terms, low, high))

    def cost(self, values: FloatArray) -> float:
        """What the columns' values cost."""
        return float(self._bounds_and_costs()[2] @ values)

    def settled(self, found: FloatArray, kinds: frozenset[Kind]) -> dict[int, float]:
        """What a solution says of the columns of some kinds, by place."""
        return {place: round(found[place]) for place, kind in enumerate(self._kinds) if kind in kinds}

    def solve(
        self, whole: frozenset[Kind], seconds: float, gap: float = 0.0, fixed: Mapping[int, float] | None = None
    ) -> Solution:
        """The least cost within a relative `gap`, or what `seconds` give; kinds not in `whole` come in parts."""
        low, high, costs = self._bounds_and_costs()
        for place, value in (fixed or {}).items():
            low[place] = high[place] = value
        found: Any = milp(
            costs,
            integrality=np.array([kind in whole for kind in self._kinds], np.int8) if whole else None,
            bounds=Bounds(low, high),
            constraints=self._constraints(),
            options={"mip_rel_gap": gap, "time_limit": max(seconds, 0.1)},
        )
        bound = getattr(found, "mip_dual_bound", None) if whole else found.fun
        values = None if found.x is None else np.asarray(found.x, np.float64)
        return Solution(values, -np.inf if bound is None else float(bound))

    def _bounds_and_costs(self) -> tuple[Any, Any, Any]:  # scipy types its bounds as numbers only
        low, high, costs = (np.array(values, np.float64) for values in zip(*self._columns, strict=True))
        return low, high, costs

    def _constraints(self) -> LinearConstraint:
        counts = [len(terms) for terms, _, _ in self._rows]
        places = np.fromiter((column for terms, _, _ in self._rows for column in terms), np.int64)
        values = np.fromiter((value for terms, _, _ in self._rows for value in terms.values()), np.float64)
        starts = np.concatenate([[0], np.cumsum(counts)])
        matrix = csr_array((values, places, starts), shape=(len(self._rows), len(self._columns)))
        low: Any = np.array([row[1] for row in self._rows], np.float64)
        high: Any = np.array([row[2] for row in self._rows], np.float64)
        return LinearConstraint(matrix, low, high)
