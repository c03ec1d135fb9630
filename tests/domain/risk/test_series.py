"""Risk of a series, by hand-computed cases and by distributions whose risk is known."""

import numpy as np
import pytest

from asxos.domain.risk.concentration import concentration, correlations, exposure
from asxos.domain.risk.series import (
    beta,
    exception_test,
    frequency_p,
    max_drawdown,
    tracking_error,
    value_at_risk,
    volatility,
)

RNG = np.random.default_rng(7)


def test_volatility_is_the_sample_deviation_of_a_year() -> None:
    assert volatility(np.array([0.01, -0.01])) == pytest.approx(0.01 * np.sqrt(2) * np.sqrt(252))


def test_beta_and_tracking_error_of_a_geared_index() -> None:
    market = RNG.normal(0, 0.01, 500)
    assert beta(1.5 * market + 0.001, market) == pytest.approx(1.5)
    assert tracking_error(1.5 * market, market) == pytest.approx(0.5 * volatility(market))
    assert np.isnan(beta(market, np.zeros(500)))


def test_drawdown_says_from_when_to_when() -> None:
    found = max_drawdown(np.array([0.10, -0.50, 0.20, 1.0, 0.05]))
    assert (found.depth, found.peak, found.trough, found.recovered) == (pytest.approx(-0.5), 1, 2, 4)
    assert max_drawdown(np.array([-0.2])).recovered is None
    assert max_drawdown(np.array([0.1, 0.1])).depth == 0


def test_value_at_risk_by_order_and_by_the_normal_law() -> None:
    by_order = value_at_risk(np.arange(-50, 50) / 1000, 0.95)
    # The worst 5 of 100 are -50 to -46 per mille.
    assert (by_order.historical, by_order.expected_shortfall) == (pytest.approx(0.046), pytest.approx(0.048))
    normal = value_at_risk(RNG.normal(0, 0.01, 200_000), 0.95)
    # 1.6449 and 2.0627 deviations: the 5 % quantile of the normal law and the mean beyond it.
    for found in (normal.historical, normal.parametric):
        assert found == pytest.approx(0.016449, rel=0.02)
    for found in (normal.expected_shortfall, normal.parametric_shortfall):
        assert found == pytest.approx(0.020627, rel=0.02)


def test_exceptions_of_a_calm_series_pass_and_of_a_storm_do_not() -> None:
    calm = exception_test(RNG.normal(0, 0.01, 1_500))
    assert calm is not None
    assert calm.p_frequency > 0.01
    storm = exception_test(np.concatenate([RNG.normal(0, 0.01, 250), RNG.normal(0, 0.05, 60)]))
    assert storm is not None
    assert (storm.sessions, storm.expected) == (60, pytest.approx(3.0))
    assert storm.exceptions > 10
    assert storm.p_frequency < 1e-4
    assert exception_test(np.zeros(100)) is None


@pytest.mark.parametrize(("exceptions", "stands"), [(6, False), (7, True), (20, True), (21, False)])
def test_kupiecs_bounds(exceptions: int, *, stands: bool) -> None:
    # Kupiec (1995), table: at 95 % over 255 days a model stands with 7 to 20 exceptions (6 < N < 21) at the 5 % level.
    assert (frequency_p(255, exceptions, 0.05) > 0.05) is stands


def test_concentration_of_equal_and_of_single_holdings() -> None:
    equal = concentration(np.full(20, 0.05))
    assert equal is not None
    assert (equal.effective, equal.top_5) == (pytest.approx(20), pytest.approx(0.25))
    single = concentration(np.array([1.0]))
    assert single is not None
    assert single.effective == 1
    assert concentration(np.array([])) is None


def test_exposure_names_what_is_unknown() -> None:
    assert exposure([0.5, 0.3, 0.2], ["Energy", None, "Energy"]) == {"Energy": 0.7, "Unknown": 0.3}


def test_correlations_need_enough_common_sessions() -> None:
    returns = RNG.normal(0, 0.01, (40, 3))
    returns[:, 1] = 2 * returns[:, 0]
    returns[:35, 2] = np.nan
    found = correlations(returns, least=20)
    assert found[0, 1] == pytest.approx(1.0)
    assert np.isnan(found[0, 2])
