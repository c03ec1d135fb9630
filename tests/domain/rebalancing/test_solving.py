"""The programme against every set of orders there is, and what no set of orders may ever do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asxos.domain.costs import Broker, tariff_of
from asxos.domain.rebalancing.feasible import is_within_limits, unmet_limit
from asxos.domain.rebalancing.model import OrderModel
from asxos.domain.rebalancing.orders import Order, Orders, order_of
from asxos.domain.rebalancing.problem import FIRST_PURCHASE, Limits, Problem, Share
from asxos.domain.rebalancing.programme import PARTS, WHOLE
from asxos.domain.rebalancing.solving import solve
from tests.domain.rebalancing.problems import ON, parcel, problem, share

BROKERS = tuple(Broker)


def every(asked: Problem) -> Iterator[Orders]:
    """Each set of orders that keeps to the rules."""
    for chosen in product(*(list(_of_one(asked, s)) for s in asked.shares)):
        orders = Orders(asked, tuple(order for order in chosen if order.units))
        if is_allowed(orders):
            yield orders


def _of_one(asked: Problem, one: Share) -> Iterator[Order]:
    most = int(asked.total // one.price)
    yield from (order_of(asked, one, units, {}) for units in range(most + 1))
    for taken in product(*(range(int(p.quantity) + 1) for p in one.parcels)):
        if any(taken):
            yield order_of(asked, one, 0, {p.id: n for p, n in zip(one.parcels, taken, strict=True)})


def is_allowed(orders: Orders) -> bool:
    asked, limits, after = orders.problem, orders.problem.limits, orders.values
    total = float(after.sum()) + orders.cash
    sectors = [float(after[places].sum()) / total for places in asked.sectors.values()]
    firsts = [o.value for o in orders.orders if o.units > 0 and o.share.units == 0]
    return (
        orders.cash >= -1e-6
        and (limits.turnover is None or orders.turnover <= limits.turnover + 1e-9)
        and (limits.position is None or float(after.max()) / total <= limits.position + 1e-9)
        and (limits.sector is None or max(sectors, default=0.0) <= limits.sector + 1e-9)
        and all(value >= FIRST_PURCHASE - 1e-6 for value in firsts)
    )


def small(seed: int, **more: Any) -> Problem:
    """Three shares of hundreds of dollars, six to nine units in two parcels each, correlated, one of them new."""
    chance = np.random.default_rng(seed)
    shares: list[Share] = []
    for place, code in enumerate(("AAA.AX", "BBB.AX", "CCC.AX")):
        price = float(np.round(chance.uniform(200, 900), 2))
        units = chance.integers(1, 5, 2) if place < 2 else []
        parcels = [
            parcel(code, f"{code}{n}", int(count), round(price * chance.uniform(0.5, 1.6), 2), ON - timedelta(int(age)))
            for n, (count, age) in enumerate(zip(units, chance.integers(10, 900, 2), strict=False))
        ]
        sector = ("A", "B")[place % 2]
        shares.append(replace(share(code, price, parcels, sector=sector), expected=float(chance.normal(0, 0.03))))
    factor = chance.normal(1, 0.4, (3, 1)) * 0.2
    covariance = factor @ factor.T + np.diag(chance.uniform(0.2, 0.5, 3) ** 2)
    values: dict[str, Any] = {"covariance": covariance, "cash": float(chance.uniform(0, 800)), "risk_aversion": 40.0}
    return problem(shares, chance.dirichlet(np.ones(3)).tolist(), **values | more)


@pytest.mark.parametrize("seed", range(9))
def test_nothing_beats_what_is_found_and_nothing_passes_the_bound(seed: int) -> None:
    limits = (Limits(), Limits(turnover=0.3), Limits(position=0.8, sector=0.9))[seed % 3]
    asked = small(seed, limits=limits, tariff=tariff_of(BROKERS[seed % len(BROKERS)]))
    best = max((orders.solved_benefit for orders in every(asked)), default=None)
    found = solve(asked)
    if best is None or found is None:
        assert (best, found) == (None, None)
        return
    assert is_allowed(found.orders)
    assert found.bound >= best - 0.02
    assert found.orders.solved_benefit >= best - max(0.001 * abs(best), 0.001) - 0.02
    assert found.gap <= 0.001


def test_the_proof_holds_for_what_a_person_holds() -> None:
    asked = random_problem(20, 60, seed=3)
    found = solve(asked)
    assert found is not None
    assert found.gap <= 0.001
    assert found.bound >= found.orders.solved_benefit > 0


def test_without_time_for_a_proof_there_are_orders_and_an_honest_gap() -> None:
    asked = random_problem(20, 60, seed=3, limits=Limits(turnover=0.2))
    found = solve(asked, seconds=0.0)
    assert found is not None
    assert is_allowed(found.orders)
    assert 0 <= found.gap < np.inf
    assert found.bound >= found.orders.solved_benefit >= 0


def random_problem(count: int, parcels: int, seed: int, **more: Any) -> Problem:
    """Shares of a market with sectors, bought in many parcels over four years at other prices."""
    chance = np.random.default_rng(seed)
    prices, values = np.round(np.exp(chance.normal(2, 0.8, count)), 2), chance.dirichlet(np.full(count, 2.0)) * 3e5
    lots = 1 + np.bincount(chance.integers(0, count, parcels - count), minlength=count)
    shares: list[Share] = []
    for place, (price, value, lot) in enumerate(zip(prices.tolist(), values.tolist(), lots.tolist(), strict=True)):
        costs = np.round(price * np.exp(chance.normal(-0.1, 0.3, lot)), 2).tolist()
        days = [ON - timedelta(int(age)) for age in chance.integers(5, 1500, lot)]
        units, code = max(int(value / price / lot), 1), f"S{place}.AX"
        held = [parcel(code, f"{place}-{n}", units, costs[n], days[n]) for n in range(lot)]
        shares.append(share(code, price, held, sector=f"sector {place % 7}"))
    factor = chance.normal(1, 0.3, (count, 1)) * 0.16
    covariance = factor @ factor.T + np.diag(chance.uniform(0.2, 0.4, count) ** 2)
    given: dict[str, Any] = {"covariance": covariance, "cash": 2_000.0}
    return problem(shares, **given | more)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10_000),
    turnover=st.none() | st.floats(0.01, 1.0),
    position=st.none() | st.floats(0.05, 1.0),
    sector=st.none() | st.floats(0.1, 1.0),
    broker=st.sampled_from(BROKERS),
)
def test_what_no_orders_may_do(
    seed: int, turnover: float | None, position: float | None, sector: float | None, broker: Broker
) -> None:
    limits = Limits(turnover, position, sector)
    asked = random_problem(6, 12, seed, limits=limits, tariff=tariff_of(broker))
    found = solve(asked, seconds=3)
    if unmet_limit(asked):
        assert found is None
        return
    if found is None:
        assert not is_within_limits(asked)
        return
    orders = found.orders
    assert is_allowed(orders)
    assert len({o.share.code for o in orders.orders}) == len(orders.orders)
    for order in orders.orders:
        held = {p.id: int(p.quantity) for p in order.share.parcels}
        assert all(0 < units <= held[id] for id, units in order.taken.items())
        assert order.units > 0 or -order.units == sum(order.taken.values())
        assert sum(p.quantity for p in order.parts()) == sum(order.taken.values())


def test_tangents_never_say_more_than_risk_and_impact_cost() -> None:
    model = OrderModel(small(1))
    solution = model.programme.solve(PARTS, 5.0).values
    assert solution is not None
    for _ in range(5):
        model.touch(solution)
        solution = model.programme.solve(PARTS, 5.0).values
        assert solution is not None
    whole = model.programme.solve(WHOLE, 5.0)
    assert whole.values is not None
    assert -whole.bound >= model.orders(whole.values).solved_benefit - 1e-6
    assert model.shortfall(whole.values) >= -1e-6
