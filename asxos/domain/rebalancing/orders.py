"""Orders in whole shares, what they cost, and what they are worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from asxos.domain.ledger.facts import Disposal
from asxos.domain.ledger.parcels import Parcel
from asxos.domain.money import ZERO, cents, exact, part_of
from asxos.domain.rebalancing.problem import Problem, Share
from asxos.domain.tax.standing import sale_of

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Order:
    """`units` bought (above zero) or sold (below) of one share; a sale takes `taken` units by parcel id."""

    share: Share
    units: int
    brokerage: float
    taken: Mapping[str, int]

    @property
    def value(self) -> float:
        """A$ at the latest close, above zero."""
        return abs(self.units) * self.share.price

    @property
    def spread(self) -> float:
        """A$."""
        return self.value * self.share.half_spread

    @property
    def impact(self) -> float:
        """A$."""
        return self.share.impact * self.value**1.5

    @property
    def cost(self) -> float:
        """A$ of brokerage, spread and impact."""
        return self.brokerage + self.spread + self.impact

    def parts(self) -> list[Parcel]:
        """What a sale takes of each parcel."""
        return [p.divided(Decimal(self.taken[p.id]))[0] for p in self.share.parcels if self.taken.get(p.id)]

    def disposals(self, problem: Problem, *, with_brokerage: bool = True) -> list[Disposal]:
        """The disposals a sale would be, the price it gets shared out by units."""
        brokerage = self.brokerage if with_brokerage else 0.0
        proceeds, left = exact(self.value - self.spread - brokerage), Decimal(-self.units)
        found: list[Disposal] = []
        for parcel in self.parts():
            share = part_of(proceeds, parcel.quantity, left)
            proceeds, left = proceeds - share, left - parcel.quantity
            found.append(sale_of(parcel, problem.on, share))
        return found


@dataclass(frozen=True)
class Orders:
    """A set of orders and what they do; A$."""

    problem: Problem
    orders: tuple[Order, ...]

    @cached_property
    def values(self) -> FloatArray:
        """Of each share once they are done."""
        traded = {order.share.code: order.units for order in self.orders}
        return np.array([(s.units + traded.get(s.code, 0)) * s.price for s in self.problem.shares])

    @property
    def cost(self) -> float:
        """Brokerage, spread and impact."""
        return sum(order.cost for order in self.orders)

    @property
    def cash(self) -> float:
        """What is left to spend; tax is due later."""
        return self.problem.cash - sum(order.units * order.share.price for order in self.orders) - self.cost

    @property
    def turnover(self) -> float:
        """Half of all that is bought and sold, as a fraction of the value."""
        return sum(order.value for order in self.orders) / 2 / self.problem.total

    @cached_property
    def tax(self) -> Decimal:
        """What the sales add to the year's tax; below zero where they save some."""
        return cents(self._tax(with_brokerage=True))

    @property
    def improvement(self) -> float:
        """Expected return and less risk, before costs and tax."""
        return self.problem.worth(self.values) - self.problem.worth(self.problem.values)

    @property
    def benefit(self) -> float:
        """After costs and tax."""
        return self.improvement - self.cost - float(self.tax)

    @cached_property
    def solved_benefit(self) -> float:
        """As the programme counts it: a sale's brokerage is a cost, but not yet taken off its gain."""
        return self.improvement - self.cost - float(self._tax(with_brokerage=False))

    def _tax(self, *, with_brokerage: bool) -> Decimal:
        disposals = [d for o in self.orders for d in o.disposals(self.problem, with_brokerage=with_brokerage)]
        return self.problem.standing.tax(exact(self.problem.rate), disposals) if disposals else ZERO


def order_of(problem: Problem, share: Share, bought: int, taken: Mapping[str, int]) -> Order:
    """An order at the tariff's price."""
    units = bought - sum(taken.values())
    brokerage = float(problem.tariff.brokerage(abs(units) * share.price, is_buy=units > 0))
    return Order(share, units, brokerage, {id: count for id, count in taken.items() if count})
