"""Measures of a series of returns, worked out by hand."""

from datetime import date

import numpy as np
import pytest

from asxos.domain.backtest.performance import by_month, drawdown, performance, relative

# Up a tenth, down a fifth, up a quarter, level: worth 1.1, 0.88, 1.1, 1.1.
RETURNS = np.array([0.10, -0.20, 0.25, 0.0])


def test_growth_and_risk_of_four_sessions() -> None:
    found = performance(RETURNS)
    assert found.total == pytest.approx(0.10)
    assert found.cagr == pytest.approx(1.1 ** (254 / 4) - 1)
    # Mean 0.0375; squared deviations 0.00390625, 0.05640625, 0.04515625 and 0.00140625, so 0.106875 over 3.
    assert found.volatility == pytest.approx(np.sqrt(0.106875 / 3 * 254))
    assert found.sharpe == pytest.approx(0.0375 / np.sqrt(0.106875 / 3) * np.sqrt(254))
    # The only shortfall is 0.2 in 4 sessions: 0.1.
    assert found.sortino == pytest.approx(0.0375 / 0.1 * np.sqrt(254))
    assert found.max_drawdown == pytest.approx(-0.20)
    assert found.drawdown_sessions == 1


def test_a_fall_from_the_start_is_a_fall_and_one_that_lasts_counts_to_the_end() -> None:
    assert drawdown(np.array([-0.1, 0.0, -0.5])) == pytest.approx([-0.1, -0.1, -0.55])
    assert performance(np.array([-0.1, 0.0, -0.5])).drawdown_sessions == 3


def test_what_cannot_be_measured_is_missing() -> None:
    level, nothing, ruined = performance(np.zeros(5)), performance(np.zeros(0)), performance(np.array([-1.0, 0.0]))
    assert (level.cagr, level.volatility, level.max_drawdown) == (0.0, 0.0, 0.0)
    assert np.isnan([level.sharpe, level.sortino, nothing.cagr, nothing.volatility, nothing.sharpe]).all()
    assert (nothing.total, ruined.total) == (0.0, -1.0)
    assert np.isnan(ruined.cagr)


def test_a_series_that_moves_twice_as_much_has_a_beta_of_two_and_the_rest_is_alpha() -> None:
    benchmark = np.array([0.01, -0.02, 0.03, -0.01, 0.005])
    found = relative(2 * benchmark + 0.001, benchmark)
    assert found.beta == pytest.approx(2.0)
    assert found.alpha == pytest.approx(0.254)
    assert found.correlation == pytest.approx(1.0)
    excess = benchmark + 0.001
    assert found.tracking_error == pytest.approx(excess.std(ddof=1) * np.sqrt(254))
    assert found.information_ratio == pytest.approx(excess.mean() / excess.std(ddof=1) * np.sqrt(254))


def test_a_benchmark_that_stands_still_has_no_beta() -> None:
    assert np.isnan(relative(RETURNS, np.zeros(4)).beta)


def test_months_compound_their_sessions() -> None:
    days = np.array([date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1), date(2025, 2, 3)], "datetime64[D]")
    rows = by_month(days, RETURNS).rows()
    assert [row[:2] for row in rows] == [(2024, 1), (2024, 2), (2025, 2)]
    assert [row[2] for row in rows] == pytest.approx([1.1 * 0.8 - 1, 0.25, 0.0])
