"""Returns by time and by money: hand-computed cases, and rates of random portfolios found again by bisection."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from asxos.domain.performance.returns import Days, annualised, money_weighted, time_weighted

FIRST = date(2025, 1, 6)


def days_of(**columns: list[float]) -> Days:
    count = len(columns["value"])
    arrays = {name: np.array(columns.get(name, [0.0] * count)) for name in _NAMES}
    return Days(tuple(FIRST + timedelta(n) for n in range(count)), **arrays)


_NAMES = ("value", "paid_in", "paid_out", "income", "franking")


def test_money_that_comes_in_is_no_return() -> None:
    # 100 grows to 110; 110 more is bought at the open, the 220 grow to 231; then half goes at the close at no gain.
    days = days_of(value=[100, 110, 231, 115.5], paid_in=[0, 0, 110, 0], paid_out=[0, 0, 0, 115.5])
    assert time_weighted(days).price == pytest.approx(1.10 * 1.05 - 1)


def test_three_numbers_never_one() -> None:
    days = days_of(value=[100, 98], income=[0, 4], franking=[0, 1.714])
    found = time_weighted(days)
    assert (found.price, found.total, found.with_franking) == pytest.approx((-0.02, 0.02, 0.03714))


def test_days_without_holdings_count_as_standing_still() -> None:
    days = days_of(value=[100, 0, 0, 220], paid_in=[0, 0, 0, 200], paid_out=[0, 110, 0, 0])
    assert time_weighted(days).total == pytest.approx(1.1 * 1.1 - 1)


def test_a_period_starts_from_the_close_before_it() -> None:
    days = days_of(value=[100, 110, 121, 133.1])
    part = days.between(FIRST + timedelta(2), FIRST + timedelta(2))
    assert time_weighted(part).total == pytest.approx(0.1)


def test_money_weighted_of_a_hand_computed_case() -> None:
    # 1,000 two years ago and 1,000 one year ago are worth 2,310 at 10 % a year: 1,210 + 1,100.
    flows = [(FIRST, -1000.0), (FIRST + timedelta(365), -1000.0), (FIRST + timedelta(730), 2310.0)]
    assert money_weighted(flows).rate == pytest.approx(0.10)


@pytest.mark.parametrize(
    ("flows", "reason"),
    [
        ([(FIRST, -100.0)], "one way"),
        ([(FIRST, -100.0), (FIRST, 110.0)], "one day"),
        # Two rates balance these: 0.1 and 0.2 a year.
        ([(FIRST, -100.0), (FIRST + timedelta(365), 230.0), (FIRST + timedelta(730), -132.0)], "2 rates"),
    ],
)
def test_without_one_rate_the_reason_is_told(flows: list[tuple[date, float]], reason: str) -> None:
    found = money_weighted(flows)
    assert found.rate is None
    assert reason in (found.reason or "")


@given(
    st.lists(st.tuples(st.integers(0, 2_000), st.floats(10, 10_000)), min_size=1, max_size=12),
    st.floats(-0.6, 1.5),
)
def test_the_rate_that_grew_the_money_is_found(paid: list[tuple[int, float]], rate: float) -> None:
    last = max(day for day, _ in paid) + 400
    value = sum(amount * (1 + rate) ** ((last - day) / 365) for day, amount in paid)
    assume(value > 1e-3)
    flows = [(FIRST + timedelta(day), -amount) for day, amount in paid] + [(FIRST + timedelta(last), value)]
    assert money_weighted(flows).rate == pytest.approx(rate, abs=1e-6)


def test_less_than_a_year_is_not_annualised() -> None:
    assert annualised(0.05, FIRST, FIRST + timedelta(200)) is None
    assert annualised(0.21, FIRST, FIRST + timedelta(730)) == pytest.approx(0.1)
