"""No fact is used before the close at which it was known, nor when it is too old."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asxos.domain.calendar import INSTANT, xasx_sessions
from asxos.domain.facts import FUNDAMENTALS, NO_FACTS, as_known, sectors_on, session_known

MICROSECOND = timedelta(microseconds=1)
MONTH = timedelta(days=31)


def known(*instants: datetime) -> list[date]:
    return pl.Series("at", instants, INSTANT).to_frame().select(session_known(pl.col("at"))).to_series().to_list()


def test_what_is_known_when_the_close_is_settled_belongs_to_that_session_in_winter_and_summer() -> None:
    # 16:21:30 in Sydney is 06:21:30 UTC in winter and 05:21:30 under daylight saving
    winter, summer = datetime(2024, 7, 1, 6, 21, 30, tzinfo=UTC), datetime(2024, 1, 15, 5, 21, 30, tzinfo=UTC)
    assert known(winter, summer) == [date(2024, 7, 1), date(2024, 1, 15)]
    assert known(winter + MICROSECOND, summer + MICROSECOND) == [date(2024, 7, 2), date(2024, 1, 16)]
    # and the UTC date says nothing: before the open it is still yesterday's
    assert known(datetime(2024, 1, 14, 22, 0, tzinfo=UTC)) == [date(2024, 1, 15)]


@pytest.mark.parametrize(
    ("day", "clock"), [((2024, 4, 5), 5), ((2024, 4, 8), 6), ((2024, 10, 4), 6), ((2024, 10, 7), 5)]
)
def test_daylight_saving_changes_the_instant_and_not_the_clock(day: tuple[int, int, int], clock: int) -> None:
    # clocks went back on 7 April 2024 and forward on 6 October
    settled = datetime(*day, clock, 21, 30, tzinfo=UTC)
    assert known(settled, settled + MICROSECOND) == [date(*day), date(*day) + timedelta(days=1)]


def test_every_session_of_18_years_knows_what_its_final_instant_knew_and_no_more() -> None:
    # the exchange's calendar, early closes before Christmas and New Year included; it misses those of 2022
    unusual = (date(2022, 12, 23), date(2022, 12, 30))
    sessions = [s for s in xasx_sessions(date(2010, 1, 1), date(2027, 12, 31)) if s.session_date not in unusual]
    days = [session.session_date for session in sessions]
    assert known(*(session.final_at for session in sessions)) == days
    after = known(*(session.final_at + MICROSECOND for session in sessions))
    assert [later for later, day in zip(after, days, strict=True) if later <= day] == []


def facts(*rows: tuple[int, datetime, float | None]) -> pl.DataFrame:
    schema = {"security_id": pl.Int32, "known_at": INSTANT, "earnings_per_share": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def asked(*rows: tuple[int, date]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"security_id": pl.Int32, "session_date": pl.Date}, orient="row")


MORNING = datetime(2024, 7, 1, 0, 0, tzinfo=UTC)
EVENING = datetime(2024, 7, 1, 9, 0, tzinfo=UTC)


def test_each_row_gets_the_latest_fact_known_by_its_close_in_its_own_place() -> None:
    stored = facts((1, MORNING, 0.10), (1, EVENING, 0.20), (2, MORNING, 9.0))
    rows = asked((1, date(2024, 7, 2)), (2, date(2024, 7, 1)), (1, date(2024, 7, 1)), (1, date(2024, 6, 28)))
    found = as_known(rows, stored, MONTH)
    assert found["earnings_per_share"].to_list() == [0.20, 9.0, 0.10, None]
    assert found["known_on"].to_list() == [date(2024, 7, 2), date(2024, 7, 1), date(2024, 7, 1), None]


def test_the_last_word_of_a_day_counts_and_a_dash_in_it_is_missing() -> None:
    stored = facts((1, MORNING, 0.10), (1, MORNING + timedelta(hours=1), None))
    assert as_known(asked((1, date(2024, 7, 1))), stored, MONTH)["earnings_per_share"].to_list() == [None]


def test_a_fact_older_than_allowed_is_missing() -> None:
    stored = facts((1, MORNING, 0.10))
    rows = asked((1, date(2024, 8, 1)), (1, date(2024, 8, 2)))
    assert as_known(rows, stored, MONTH)["earnings_per_share"].to_list() == [0.10, None]


def test_without_facts_everything_is_missing() -> None:
    found = as_known(asked((1, date(2024, 7, 1))), NO_FACTS.fundamentals, MONTH)
    assert found.columns == [*[name for name in FUNDAMENTALS if name not in ("security_id", "known_at")], "known_on"]
    assert found.null_count().row(0) == (1,) * found.width


def test_a_sector_holds_until_the_next_one_and_not_before_its_first_day() -> None:
    schema = {"security_id": pl.Int32, "valid_from": pl.Date, "sector": pl.String}
    rows = [(1, date(2012, 3, 1), "Energy"), (1, date(2010, 1, 4), "Materials")]
    stored = pl.DataFrame(rows, schema=schema, orient="row")
    days = [date(2012, 3, 1), date(2012, 2, 29), date(2010, 1, 1)]
    assert sectors_on(asked(*((1, day) for day in days)), stored).to_list() == ["Energy", "Materials", None]


INSTANTS = st.integers(0, 25 * 24 * 60).map(
    lambda minutes: datetime(2023, 12, 18, tzinfo=UTC) + timedelta(minutes=minutes)
)
DAYS = st.dates(date(2023, 12, 18), date(2024, 1, 12))


@settings(max_examples=60, deadline=None)
@given(
    stored=st.lists(st.tuples(st.integers(1, 3), INSTANTS, st.floats(-1, 1)), max_size=12),
    rows=st.lists(st.tuples(st.integers(1, 4), DAYS), min_size=1, max_size=12),
    days=st.integers(0, 20),
)
def test_nothing_known_after_the_close_changes_an_answer(
    stored: list[tuple[int, datetime, float]], rows: list[tuple[int, date]], days: int
) -> None:
    max_age = timedelta(days=days)
    found = as_known(asked(*rows), facts(*stored), max_age)["earnings_per_share"].to_list()
    for row, answer in zip(rows, found, strict=True):
        before = [fact for fact in stored if known(fact[1])[0] <= row[1]]
        assert as_known(asked(row), facts(*before), max_age)["earnings_per_share"].to_list() == [answer]
        fresh = {fact[2] for fact in before if fact[0] == row[0] and row[1] - known(fact[1])[0] <= max_age}
        assert answer in fresh if fresh else answer is None
