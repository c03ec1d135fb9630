"""The orders as a programme: its columns, its rows, and the orders that a solution means.

Minimised, in A$: brokerage + half spread + impact + tax + cost of risk - expected return, less the same of doing
nothing. An order lies on one step of the tariff, each step with a column of its own, so that what is relaxed is the
hull of what can be had. Risk and impact are convex and stand as the most of their tangents, those of a single order
times whether it is given (Frangioni and Gentile 2006); they are added where solutions fall (Kelley 1960), so that the
programme never says more than things cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from asxos.domain.rebalancing.orders import Orders, order_of
from asxos.domain.rebalancing.problem import FIRST_PURCHASE, Problem, Share
from asxos.domain.rebalancing.programme import Kind, Programme
from asxos.domain.rebalancing.splitting import split
from asxos.domain.rebalancing.steps import Step, steps_of
from asxos.domain.rebalancing.taxing import TaxRows

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Leg:
    """A purchase or a sale on one step of the tariff: columns of its value and of whether it is given."""

    value: int
    is_given: int
    step: Step


@dataclass(frozen=True)
class Columns:
    """Of one share: whole units bought and sold, units by parcel, value moved, and A$ of its own risk and impact."""

    bought: int
    sold: int
    parcels: Mapping[str, int]
    moved: int
    convex: int
    buys: tuple[Leg, ...]
    sells: tuple[Leg, ...]

    @property
    def legs(self) -> tuple[Leg, ...]:
        return (*self.buys, *self.sells)


class OrderModel:
    """A problem's programme. Values in it are thousandths of the portfolio's, so that its numbers are of like size."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.programme = Programme()
        self.unit = problem.total / 1000
        scale = problem.risk_aversion * problem.years / 2 / problem.total * self.unit**2
        own, shared = split(problem.covariance)
        away = (problem.values - problem.target * problem.total) / self.unit
        self.own_scales = scale * own
        self.impacts = np.array([share.impact for share in problem.shares]) * self.unit**1.5
        slopes = 2 * self.own_scales * away - np.array([share.expected for share in problem.shares]) * self.unit
        self.columns = [self._share(share, float(slope)) for share, slope in zip(problem.shares, slopes, strict=True)]
        self.tax = TaxRows(self.programme, problem, [own.parcels for own in self.columns])
        self._budget()
        self._turnover()
        self._sizes()
        self.away, self.risks = self._shared_risk(scale * shared, away)
        # The cost of doing nothing, so that the solver's gap is one of the benefit.
        base = self.tax.constant - problem.risk(problem.values) + float(self.own_scales @ away**2)
        self.programme.column(1.0, 1.0, cost=base)

    def touch(self, found: FloatArray) -> None:
        """Add the tangents of risk and impact at a solution."""
        for away, risk in zip(self.away, self.risks, strict=True):
            at = float(found[away])
            if abs(at) > 1e-4:
                self.programme.row({risk: 1.0, away: -2 * at}, low=-at * at)
        for place, own in enumerate(self.columns):
            moved = float(sum(found[leg.value] for leg in own.legs))
            if moved > 1e-6:
                self._touch_own(place, own, moved, found)

    def shortfall(self, found: FloatArray) -> float:
        """A$ by which the tangents say less than risk and impact cost at a solution in whole orders."""
        risk = found[self.away] ** 2 - found[self.risks]
        moved = np.abs(found[[own.moved for own in self.columns]])
        own = self.own_scales * moved**2 + self.impacts * moved**1.5 - found[[own.convex for own in self.columns]]
        return float(risk.sum() + own.sum())

    def worth(self, found: FloatArray) -> float:
        """The benefit of a solution, A$."""
        return -self.programme.cost(found) - self.shortfall(found)

    def likely(self, found: FloatArray) -> dict[int, float]:
        """Orders chosen from a solution in parts: those given by more than half, each on the step given most."""
        chosen = {leg.is_given: 0.0 for own in self.columns for leg in own.legs}
        for own in self.columns:
            given = [float(found[leg.is_given]) for leg in own.legs]
            if sum(given) > 0.5:
                chosen[own.legs[int(np.argmax(given))].is_given] = 1.0
        return chosen

    def orders(self, found: FloatArray) -> Orders:
        """The whole-share orders of a solution."""
        made = [
            order_of(
                self.problem, share, round(found[own.bought]), {id: round(found[c]) for id, c in own.parcels.items()}
            )
            for share, own in zip(self.problem.shares, self.columns, strict=True)
        ]
        return Orders(self.problem, tuple(order for order in made if order.units))

    def _touch_own(self, place: int, own: Columns, moved: float, found: FloatArray) -> None:
        scale, impact = float(self.own_scales[place]), float(self.impacts[place])
        terms = {own.convex: 1.0}
        for leg in own.legs:
            given = float(found[leg.is_given])
            within = min(max(moved, leg.step.above / self.unit), leg.step.up_to / self.unit)
            at = float(found[leg.value]) / given if given > 1e-6 else within
            terms[leg.value] = -2 * scale * at - 1.5 * impact * at**0.5
            terms[leg.is_given] = scale * at**2 + 0.5 * impact * at**1.5
        self.programme.row(terms, low=0.0)

    def _share(self, share: Share, slope: float) -> Columns:
        """One order at most, on one step; a first purchase is of $500 or more."""
        add, row, price = self.programme.column, self.programme.row, share.price
        bought, sold = self._most(share)
        own = Columns(
            bought=add(high=bought, kind=Kind.ORDER),
            sold=add(high=sold, kind=Kind.ORDER),
            parcels={p.id: add(high=floor(p.quantity), kind=Kind.PARCEL) for p in share.parcels},
            moved=add(low=-np.inf),
            convex=add(cost=1.0),
            buys=self._legs(share, bought, slope, is_buy=True),
            sells=self._legs(share, sold, -slope, is_buy=False),
        )
        buys, sells = ({leg.value: 1.0 for leg in legs} for legs in (own.buys, own.sells))
        row({own.bought: -price / self.unit, **buys}, 0.0, 0.0)
        row({own.sold: -price / self.unit, **sells}, 0.0, 0.0)
        row({own.moved: -1.0, **buys, **dict.fromkeys(sells, -1.0)}, 0.0, 0.0)
        row({own.sold: -1.0, **dict.fromkeys(own.parcels.values(), 1.0)}, 0.0, 0.0)
        row({leg.is_given: 1.0 for leg in own.legs}, high=1.0)
        return own

    def _legs(self, share: Share, most: int, slope: float, *, is_buy: bool) -> tuple[Leg, ...]:
        """`slope`: A$ that more of the order costs or earns in risk and return."""
        least = FIRST_PURCHASE if is_buy and share.units == 0 else 0.0
        legs: list[Leg] = []
        for step in steps_of(self.problem.tariff, least, most * share.price, is_buy=is_buy):
            cost = (step.rate + share.half_spread) * self.unit + slope
            value = self.programme.column(high=step.up_to / self.unit, cost=cost)
            leg = Leg(value, self.programme.choice(step.flat), step)
            self.programme.row({value: 1.0, leg.is_given: -step.up_to / self.unit}, high=0.0)
            self.programme.row({value: 1.0, leg.is_given: -step.above / self.unit}, low=0.0)
            legs.append(leg)
        return tuple(legs)

    def _most(self, share: Share) -> tuple[int, int]:
        """Units that could be bought and sold at most, whatever else is done."""
        problem, limits = self.problem, self.problem.limits
        size = problem.total * (1.0 if limits.position is None else limits.position)
        traded = problem.total * (2.0 if limits.turnover is None else 2 * limits.turnover)
        held = sum(floor(parcel.quantity) for parcel in share.parcels)
        bought = max(min(size - share.value, traded), 0.0)
        return floor(bought / share.price), min(held, floor(traded / share.price))

    def _costs(self) -> dict[int, float]:
        """Spread, brokerage and impact, which is taken to be that of the largest order of the step."""
        found: dict[int, float] = {}
        for share, own in zip(self.problem.shares, self.columns, strict=True):
            for leg in own.legs:
                found[leg.value] = leg.step.rate + share.half_spread + share.impact * leg.step.up_to**0.5
                found[leg.is_given] = leg.step.flat / self.unit
        return found

    def _budget(self) -> None:
        """Cash is never below zero."""
        spent = self._costs()
        for own in self.columns:
            spent[own.moved] = 1.0
        self.programme.row(spent, high=self.problem.cash / self.unit)

    def _turnover(self) -> None:
        if (most := self.problem.limits.turnover) is not None:
            traded = {leg.value: 1.0 for own in self.columns for leg in own.legs}
            self.programme.row(traded, high=2 * most * 1000)

    def _sizes(self) -> None:
        """Positions and sectors, as parts of what is left after costs."""
        limits, problem = self.problem.limits, self.problem
        groups = [([place], limits.position) for place in range(len(problem.shares))]
        groups += [(places, limits.sector) for places in problem.sectors.values()]
        if limits.position is None and limits.sector is None:
            return
        after = self.programme.column(high=1000.0)
        self.programme.row({after: 1.0, **self._costs()}, 1000.0, 1000.0)
        for places, most in groups:
            if most is not None:
                moved = {self.columns[place].moved: 1.0 for place in places}
                self.programme.row({after: -most, **moved}, high=-float(problem.values[places].sum()) / self.unit)

    def _shared_risk(self, covariance: FloatArray, away: FloatArray) -> tuple[list[int], list[int]]:
        """How far the portfolio is from its target along each axis on which returns move together; its square costs."""
        variances, axes = np.linalg.eigh(covariance)
        axes = axes * np.sqrt(np.maximum(variances, 0.0))
        places = [self.programme.column(low=-np.inf) for _ in variances]
        risks = [self.programme.column(cost=1.0) for _ in variances]
        for axis, start, place in zip(axes.T, axes.T @ away, places, strict=True):
            terms = {own.moved: float(weight) for weight, own in zip(axis, self.columns, strict=True)}
            self.programme.row({place: -1.0, **terms}, -float(start), -float(start))
        return places, risks
