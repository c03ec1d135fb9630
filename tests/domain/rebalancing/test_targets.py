"""Targets, covariances and what is each share's own, against hand-worked numbers and well-kept libraries."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from skfolio.moments import LedoitWolf

from asxos.domain.costs import Broker, tariff_of
from asxos.domain.rebalancing.covariance import shares_of_variance, shrunk_covariance, volatility_of
from asxos.domain.rebalancing.problem import SESSIONS_A_YEAR, Limits
from asxos.domain.rebalancing.splitting import split
from asxos.domain.rebalancing.steps import Step, steps_of
from asxos.domain.rebalancing.targets import best_expected, by_size, equal, inverse_volatility
from tests.domain.rebalancing.problems import problem, share


def test_weights_by_hand() -> None:
    assert equal(4).tolist() == [0.25] * 4
    assert inverse_volatility(np.diag([0.04, 0.16])) == pytest.approx([2 / 3, 1 / 3])
    assert by_size([300.0, 100.0]) == pytest.approx([0.75, 0.25])


def test_the_covariance_is_ledoits_and_wolfs_over_a_year() -> None:
    returns = np.random.default_rng(1).normal(0, [0.01, 0.02, 0.03], (80, 3))
    theirs = LedoitWolf().fit(returns).covariance_
    assert shrunk_covariance(returns) == pytest.approx(theirs * SESSIONS_A_YEAR)


def test_a_missing_return_counts_as_the_mean_of_the_others() -> None:
    returns = np.random.default_rng(2).normal(0, 0.01, (60, 3))
    filled, holed = returns.copy(), returns.copy()
    filled[5, 0] = returns[5, 1:].mean()
    holed[5, 0] = np.nan
    assert shrunk_covariance(holed) == pytest.approx(shrunk_covariance(filled))


def test_risk_by_hand() -> None:
    covariance = np.diag([0.04, 0.09])
    assert volatility_of(np.array([0.5, 0.5]), covariance) == pytest.approx(np.sqrt(0.01 + 0.0225))
    assert shares_of_variance(np.array([0.5, 0.5]), covariance) == pytest.approx([0.01 / 0.0325, 0.0225 / 0.0325])
    assert shares_of_variance(np.zeros(2), covariance).tolist() == [0.0, 0.0]


def test_what_is_shared_has_no_axis_below_zero_and_little_is_left_of_what_is_not() -> None:
    factor = np.random.default_rng(3).normal(1, 0.3, (12, 1)) * 0.2
    own = np.full(12, 0.05)
    found, shared = split(factor @ factor.T + np.diag(own))
    assert np.linalg.eigvalsh(shared).min() > -1e-12
    assert found.sum() > 0.9 * own.sum()


def test_the_best_expected_weights_are_those_of_a_general_solver() -> None:
    chance = np.random.default_rng(4)
    factor = chance.normal(1, 0.3, (5, 1)) * 0.2
    covariance = factor @ factor.T + np.diag(chance.uniform(0.02, 0.1, 5))
    shares = [
        replace(share(f"S{n}.AX", 10.0, sector="AB"[n % 2]), expected=float(chance.normal(0, 0.02))) for n in range(5)
    ]
    asked = problem(shares, covariance=covariance, cash=1_000.0, limits=Limits(position=0.4, sector=0.6))
    found = best_expected(asked)
    loss = lambda weights: -asked.worth(weights * asked.total) / asked.total  # noqa: E731
    rules = [
        {"type": "ineq", "fun": lambda w: 1 - w.sum()},
        {"type": "ineq", "fun": lambda w: 0.6 - w[::2].sum()},
        {"type": "ineq", "fun": lambda w: 0.6 - w[1::2].sum()},
    ]
    theirs = minimize(loss, equal(5), bounds=[(0, 0.4)] * 5, constraints=rules, options={"ftol": 1e-12})
    assert loss(found) == pytest.approx(theirs.fun, abs=1e-7)
    assert (found.max() <= 0.4 + 1e-9, found.sum() <= 1 + 1e-7) == (True, True)


@pytest.mark.parametrize("broker", list(Broker))
@pytest.mark.parametrize("is_buy", [True, False])
def test_steps_cost_what_the_tariff_does(broker: Broker, is_buy: bool) -> None:
    tariff = tariff_of(broker)
    steps = steps_of(tariff, 0.0, 60_000.0, is_buy=is_buy)
    assert (steps[0].above, steps[-1].up_to) == (0.0, 60_000.0)
    for value in (1.0, 999.0, 1_000.5, 2_999.0, 9_999.0, 10_900.0, 11_100.0, 24_000.0, 29_000.0, 31_000.0, 59_000.0):
        on = next(step for step in steps if step.above <= value <= step.up_to)
        assert on.flat + on.rate * value == pytest.approx(float(tariff.brokerage(value, is_buy)), abs=0.005)


def test_a_step_begins_where_the_least_order_is() -> None:
    assert steps_of(tariff_of(Broker.COMMSEC), 500.0, 2_000.0, is_buy=True) == [
        Step(500.0, 1_000.0, 5.0, 0.0),
        Step(1_000.0, 2_000.0, 10.0, 0.0),
    ]
