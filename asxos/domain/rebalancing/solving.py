"""The best orders there are, and the proof of how good any could be at most."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from asxos.domain.rebalancing.feasible import is_within_limits
from asxos.domain.rebalancing.model import OrderModel
from asxos.domain.rebalancing.orders import Orders
from asxos.domain.rebalancing.problem import Problem
from asxos.domain.rebalancing.programme import CHOICES, ORDERS, PARTS, WHOLE

FloatArray = NDArray[np.float64]

GAP = 0.001
"""The proof asked for: no orders are worth more than this fraction above those found."""
SECONDS = 9.0
_ROUNDS = 40
_ROUNDING_SECONDS = 1.0


@dataclass(frozen=True)
class Solved:
    """The best orders found and `bound`, A$: no orders within the limits have a larger benefit."""

    orders: Orders
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """How much more than what was found there could be, as a fraction of it (of A$1 where it is less)."""
        return _gap(self.orders, self.bound)


def solve(problem: Problem, seconds: float = SECONDS, gap: float = GAP) -> Solved | None:
    """Orders within `gap` of the best, or the best of `seconds`; None when none were found within the limits."""
    search = _Search(problem, seconds, gap)
    if not search.relax():
        return None
    while not search.is_done and search.improve():
        pass
    while not search.is_done and search.finish():
        pass
    return None if search.best is None else Solved(search.best, search.bound, perf_counter() - search.started)


class _Search:
    """In turn: which orders to give, in parts of shares, which bounds what can be; then how many whole units."""

    def __init__(self, problem: Problem, seconds: float, gap: float) -> None:
        self.started = perf_counter()
        self.model = OrderModel(problem)
        self.seconds = seconds
        self.gap = gap
        self.best: Orders | None = None
        self.bound = np.inf

    @property
    def left(self) -> float:
        """Seconds."""
        return self.seconds - (perf_counter() - self.started)

    @property
    def is_done(self) -> bool:
        """Proven, or no time left. A bound below what is worth doing would do too, but then nobody knew the gap."""
        return self.left <= 0 or (self.best is not None and _gap(self.best, self.bound) <= self.gap)

    def relax(self) -> bool:
        """Place tangents around the best in parts of shares and orders; False when not even those meet the limits."""
        relaxed = self._settle({})
        if relaxed is None:
            return False
        self.bound = -self.model.programme.cost(relaxed)
        if is_within_limits(self.model.problem):
            self.best = Orders(self.model.problem, ())
        self._round(self.model.likely(relaxed))
        return True

    def improve(self) -> bool:
        """Choose orders anew with the tangents there are; False when that brings nothing more."""
        found = self.model.programme.solve(CHOICES, self.left - _ROUNDING_SECONDS, self.gap / 4)
        before, self.bound = self.bound, min(self.bound, -found.bound)
        if found.values is None:
            return False
        chosen = self.model.programme.settled(found.values, CHOICES)
        settled = self._settle(chosen)
        self._round(chosen)
        worth = None if settled is None else self.model.worth(settled)
        is_tight = worth is not None and self.bound - worth <= self.gap / 2 * abs(worth)
        return not is_tight and before - self.bound > self.gap / 100 * abs(self.bound)

    def finish(self) -> bool:
        """Orders and whole units at once, where rounding costs more than the gap; False when nothing is left to add."""
        found = self.model.programme.solve(ORDERS, self.left - _ROUNDING_SECONDS, self.gap / 4)
        self.bound = min(self.bound, -found.bound)
        if found.values is not None:
            self._round(self.model.programme.settled(found.values, CHOICES))
        if found.values is None or self.model.shortfall(found.values) <= self.gap / 10 * abs(self.bound):
            return False
        self.model.touch(found.values)
        return True

    def _settle(self, chosen: dict[int, float]) -> FloatArray | None:
        """Add tangents until they hold at the best in parts of shares, and return it; None where nothing is allowed."""
        values: FloatArray | None = None
        for _ in range(_ROUNDS):
            found = self.model.programme.solve(PARTS, self.left, fixed=chosen)
            if found.values is None:
                return values
            values = found.values
            if self.model.shortfall(values) <= self.gap / 10 * max(abs(found.bound), 1.0):
                break
            self.model.touch(values)
        return values

    def _round(self, chosen: dict[int, float]) -> None:
        """The best whole units of the chosen orders, from the parcels that keep most losses, if better than before."""
        programme, seconds = self.model.programme, min(self.left, _ROUNDING_SECONDS)
        units = programme.solve(WHOLE, seconds, self.gap / 4, chosen)
        if units.values is None:
            return
        parcels = programme.solve(WHOLE, seconds, 0.0, programme.settled(units.values, ORDERS))
        orders = self.model.orders(units.values if parcels.values is None else parcels.values)
        if self.best is None or orders.solved_benefit > self.best.solved_benefit:
            self.best = orders


def _gap(orders: Orders, bound: float) -> float:
    found = orders.solved_benefit
    return max(bound - found, 0.0) / max(abs(found), 1.0)
