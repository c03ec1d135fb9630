"""The parts of a difference from the index: a worked case, and that they sum to it whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asxos.domain.performance.attribution import Period, attribute


def period(weights: list[float], returns: list[float], index: list[float], index_returns: list[float]) -> Period:
    return Period(*(np.array(values) for values in (weights, returns, index, index_returns)))


def test_one_period_by_hand() -> None:
    # Index: 50/50, +10 % and 0 %: 5 %. Portfolio: 80/20, +10 % and +2 %: 8.4 %.
    found = attribute(["Materials", "Financials"], [period([0.8, 0.2], [0.10, 0.02], [0.5, 0.5], [0.10, 0.0])])
    assert found.effects["Materials"].allocation == pytest.approx(0.3 * 0.05)
    assert found.effects["Financials"].allocation == pytest.approx(-0.3 * -0.05)
    assert found.effects["Financials"].selection == pytest.approx(0.2 * 0.02)
    assert found.difference == pytest.approx(0.034)


weights = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(lambda w: np.array(w) / sum(w))
returns = st.lists(st.floats(-0.3, 0.3), min_size=3, max_size=3).map(np.array)
periods = st.lists(st.builds(Period, weights, returns, weights, returns), min_size=1, max_size=8)


@given(periods)
def test_the_parts_sum_to_the_difference(made: list[Period]) -> None:
    found = attribute(["a", "b", "c"], made)
    assert sum(effect.total for effect in found.effects.values()) == pytest.approx(found.difference, abs=1e-9)
