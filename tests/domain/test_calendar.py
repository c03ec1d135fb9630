from datetime import UTC, date, datetime

import polars as pl
import pytest

from asxos.domain.calendar import FinalInstants, Session, xasx_sessions


@pytest.fixture(scope="module")
def year() -> dict[date, Session]:
    return {s.session_date: s for s in xasx_sessions(date(2026, 1, 1), date(2026, 12, 31))}


def test_the_exchange_has_254_sessions_in_2026(year: dict[date, Session]) -> None:
    # from the exchange's published calendar
    assert len(year) == 254
    closed = [
        date(2026, 1, 1),
        date(2026, 1, 26),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 6, 8),
        date(2026, 12, 28),
    ]
    assert not [day for day in closed if day in year]
    assert date(2026, 4, 27) in year


def test_opens_follow_daylight_saving(year: dict[date, Session]) -> None:
    assert year[date(2026, 1, 28)].open_at == datetime(2026, 1, 27, 23, tzinfo=UTC)
    assert year[date(2026, 7, 1)].open_at == datetime(2026, 7, 1, 0, tzinfo=UTC)


def test_a_bar_is_final_when_the_post_close_session_ends(year: dict[date, Session]) -> None:
    assert year[date(2026, 7, 1)].final_at == datetime(2026, 7, 1, 6, 21, 30, tzinfo=UTC)


def test_christmas_eve_and_new_years_eve_close_early(year: dict[date, Session]) -> None:
    for day in (date(2026, 12, 24), date(2026, 12, 31)):
        assert year[day].close_at == datetime(day.year, day.month, day.day, 3, 10, tzinfo=UTC)


def test_final_instants_are_found_for_many_days_at_once() -> None:
    final = datetime(2026, 7, 1, 6, 21, 30, tzinfo=UTC)
    sessions = pl.DataFrame({"session_date": [date(2026, 7, 1), date(2026, 7, 3)], "final_at": [final, final]})
    instants = FinalInstants(sessions)
    days = pl.Series(
        [date(1950, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 3), date(2090, 1, 1)]
    )
    assert instants.of(days).to_list() == [None, None, final, None, final, None]
