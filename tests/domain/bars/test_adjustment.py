from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asxos.domain.bars.adjustment import adjust, cumulative_factors, effective_factors, unadjust
from tests.domain.bars.factories import MONDAY, actions, series, weekdays

DAYS = weekdays(12)

events = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from(DAYS),
        st.sampled_from(["split", "consolidation", "adjustment", "capital_return"]),
        st.floats(0.01, 100),
    ),
    max_size=8,
)
closes = st.dictionaries(st.integers(1, 3), st.lists(st.floats(0.001, 1_000), min_size=1, max_size=12), min_size=1)


def sorted_series(by_id: dict[int, list[float]]) -> pl.DataFrame:
    return series(dict(sorted(by_id.items())))


def test_a_ten_for_one_split_divides_earlier_prices_and_multiplies_earlier_volume() -> None:
    factors = effective_factors(actions((1, DAYS[1], "split", 0.1)))
    adjusted = adjust(series({1: [100.0, 10.0, 11.0]}), factors)
    assert adjusted["close"].to_list() == pytest.approx([10.0, 10.0, 11.0])
    assert adjusted["volume"].to_list() == pytest.approx([10_000, 1_000, 1_000])


def test_actions_of_one_security_leave_others_alone_and_multiply_through_time() -> None:
    factors = effective_factors(actions((2, DAYS[1], "split", 0.5), (2, DAYS[2], "consolidation", 10.0)))
    scale = cumulative_factors(series({1: [1.0] * 3, 2: [1.0] * 3, 3: [1.0]}), factors)
    assert scale.tolist() == [1, 1, 1, 5, 10, 1, 1]


def test_dividends_and_actions_without_factor_do_not_adjust() -> None:
    dividend = actions((1, DAYS[1], "dividend", 0.9))
    bare = actions((1, DAYS[1], "capital_return", 0.9)).with_columns(factor=pl.lit(None, pl.Float64))
    assert effective_factors(pl.concat([dividend, bare])).height == 0


def test_a_reported_action_stands_in_for_the_one_implied_on_its_date() -> None:
    reported = actions((1, DAYS[1], "split", 0.1))
    implied = actions((1, DAYS[1], "adjustment", 0.11), (1, DAYS[3], "adjustment", 0.98))
    implied = implied.with_columns(method=pl.lit("vendor_ratio_step"))
    assert effective_factors(pl.concat([implied, reported]))["factor"].to_list() == [0.1, 0.98]


@given(closes, events)
def test_adjusting_and_back_is_the_identity(
    by_id: dict[int, list[float]], found: list[tuple[int, date, str, float]]
) -> None:
    frame, factors = sorted_series(by_id), effective_factors(actions(*found))
    back = unadjust(adjust(frame, factors), factors)
    for name in ("open", "close", "volume"):
        assert np.allclose(back[name].to_numpy(), frame[name].to_numpy(), rtol=1e-12)


@given(closes, events, st.sampled_from(DAYS))
def test_a_panel_of_a_date_does_not_change_by_rows_and_actions_after_it(
    by_id: dict[int, list[float]], found: list[tuple[int, date, str, float]], as_of: date
) -> None:
    frame, known = sorted_series(by_id), actions(*found)
    until = known.filter(pl.col("ex_date") <= as_of)
    before = adjust(frame.filter(pl.col("session_date") <= as_of), effective_factors(until))
    # the same from everything there will ever be: rows cut after, only the actions up to the date
    later = adjust(frame, effective_factors(until)).filter(pl.col("session_date") <= as_of)
    assert before.equals(later)


def test_a_date_after_the_last_bar_adjusts_every_bar() -> None:
    factors = effective_factors(actions((1, MONDAY + timedelta(days=60), "split", 0.5)))
    assert cumulative_factors(series({1: [1.0, 1.0]}), factors).tolist() == [0.5, 0.5]
