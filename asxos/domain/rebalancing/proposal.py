"""What is proposed: the orders, each with what it costs, taxes and does to risk, and the whole before and after."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from asxos.domain.money import ZERO
from asxos.domain.rebalancing.covariance import shares_of_variance, volatility_of
from asxos.domain.rebalancing.feasible import is_within_limits, unmet_limit
from asxos.domain.rebalancing.orders import Order, Orders
from asxos.domain.rebalancing.problem import Problem
from asxos.domain.rebalancing.reasons import reason_for
from asxos.domain.rebalancing.solving import SECONDS, Solved, solve

FloatArray = NDArray[np.float64]


class LimitsNotMet(ValueError):
    """No orders keep within the limits; the message says which one stands in the way."""


@dataclass(frozen=True)
class Proposed:
    """An order and its effects. `tax`: A$ that it adds to the year's after the orders before it.

    `risk_before`, `risk_after`: the share's part of the portfolio's variance. `volatility_without`: the portfolio's,
    were all orders but this one done.
    """

    order: Order
    reason: str
    tax: Decimal
    weight_before: float
    weight_after: float
    target: float
    risk_before: float
    risk_after: float
    volatility_without: float


@dataclass(frozen=True)
class Proposal:
    """Orders, or none with the `reason` why. Weights of shape (n_shares,), cash left out.

    `best`: the best orders there are, which are the proposed ones where they are worth doing.
    """

    problem: Problem
    target: FloatArray
    best: Solved
    orders: tuple[Proposed, ...]
    reason: str
    weights_after: FloatArray

    @property
    def is_worth_it(self) -> bool:
        return bool(self.orders)

    @property
    def done(self) -> Orders:
        """The orders proposed, which may be none."""
        return self.best.orders if self.orders else Orders(self.problem, ())

    @property
    def weights_before(self) -> FloatArray:
        return self.problem.values / self.problem.total

    @property
    def volatility(self) -> tuple[float, float]:
        """A year, before and after."""
        covariance = self.problem.covariance
        return volatility_of(self.weights_before, covariance), volatility_of(self.weights_after, covariance)

    @property
    def tracking_error(self) -> tuple[float, float]:
        """Volatility a year of the difference from the target, before and after."""
        covariance, target = self.problem.covariance, self.target
        before, after = self.weights_before - target, self.weights_after - target
        return volatility_of(before, covariance), volatility_of(after, covariance)

    @property
    def distance(self) -> tuple[float, float]:
        """Half the sum of what the weights are from the target, before and after; a fraction."""
        before, after = (np.abs(w - self.target).sum() / 2 for w in (self.weights_before, self.weights_after))
        return float(before), float(after)


def propose(problem: Problem, target: FloatArray, seconds: float = SECONDS) -> Proposal:
    """The orders most worth doing. `target`: what is aimed at, for the reader; the problem has what decides.

    Raises: LimitsNotMet.
    """
    if unmet := unmet_limit(problem):
        raise LimitsNotMet(unmet)
    best = solve(problem, seconds)
    if best is None:
        raise LimitsNotMet(
            "no orders in whole shares were found that keep to position, sector and turnover after costs"
        )
    limits, orders = problem.limits, best.orders
    least = max(limits.min_benefit, limits.min_benefit_share * problem.total)
    if not orders.orders or (orders.benefit < least and is_within_limits(problem)):
        return Proposal(problem, target, best, (), _why_nothing(best, least), problem.values / problem.total)
    after = orders.values / (float(orders.values.sum()) + orders.cash)
    ordered = tuple(sorted(orders.orders, key=lambda o: (o.units > 0, -o.value, o.share.code)))
    effects = _effects(problem, target, Orders(problem, ordered), after)
    return Proposal(problem, target, best, effects, _why(best, least), after)


def _effects(problem: Problem, target: FloatArray, orders: Orders, after: FloatArray) -> tuple[Proposed, ...]:
    before = problem.values / problem.total
    risk_before, risk_after = (shares_of_variance(weights, problem.covariance) for weights in (before, after))
    places = {share.code: place for place, share in enumerate(problem.shares)}
    found: list[Proposed] = []
    taxed = ZERO
    for count, order in enumerate(orders.orders, start=1):
        place, tax = places[order.share.code], Orders(problem, orders.orders[:count]).tax
        undone = after.copy()
        undone[place] = before[place]
        weights = (float(before[place]), float(after[place]), float(target[place]))
        found.append(
            Proposed(
                order=order,
                reason=reason_for(problem, order, *weights),
                tax=tax - taxed,
                weight_before=weights[0],
                weight_after=weights[1],
                target=weights[2],
                risk_before=float(risk_before[place]),
                risk_after=float(risk_after[place]),
                volatility_without=volatility_of(undone, problem.covariance),
            )
        )
        taxed = tax
    return tuple(found)


def _why(best: Solved, least: float) -> str:
    benefit = best.orders.benefit
    if benefit < least:
        return f"Limits are kept at a cost of A${-benefit:,.2f}" if benefit < 0 else "Limits are kept"
    return (
        f"Worth A${benefit:,.2f} after costs and tax; no other orders within the limits are worth {best.gap:.2%} more"
    )


def _why_nothing(best: Solved, least: float) -> str:
    if not best.orders.orders:
        return "Nothing to do: no order is worth its costs and tax"
    return (
        f"Nothing to do: the best orders are worth A${best.orders.benefit:,.2f}, less than the A${least:,.2f} asked for"
    )
