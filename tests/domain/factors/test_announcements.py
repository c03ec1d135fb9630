"""Factors of announcements against counts made by hand."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from asxos.domain.factors.announcements import ANNOUNCEMENTS, announcement_columns
from asxos.domain.facts import ANNOUNCEMENTS as SCHEMA
from asxos.domain.facts import NO_FACTS
from asxos.domain.text.kinds import Kind

FIRST = date(2023, 1, 2)
NOON, EVENING = timedelta(hours=2), timedelta(hours=9)  # in UTC: before and after the close in Sydney
Told = tuple[int, int, Kind, bool | None, float | None, float | None]


def news(day: int, kind: Kind, *, share: int = 1, marked: bool | None = None, tone: float | None = None) -> Told:
    """Something a share told at noon of a day, counted from FIRST."""
    return (share, day, kind, marked, tone, None)


def factors_on(day: int, told: Sequence[Told], share: int = 1, at: timedelta = NOON) -> dict[str, float | None]:
    """The share's factors on a day, when it had told this, and the market something every day."""
    instant = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + at
    market = [(0, n, Kind.OTHER, False, None, None) for n in range(400)]
    rows = [(id, instant + timedelta(days=n), *rest) for id, n, *rest in [*market, *told]]
    announcements = pl.DataFrame(rows, schema=dict(SCHEMA), orient="row").sort("security_id", "known_at")
    asked = pl.DataFrame(
        {"security_id": [share], "session_date": [FIRST + timedelta(days=day)]},
        schema_overrides={"security_id": pl.Int32},
    )
    return announcement_columns(asked, replace(NO_FACTS, announcements=announcements)).row(0, named=True)


def test_counts_are_of_the_days_before_and_the_session_itself() -> None:
    # given one announcement on day 200, 6, 7 and 29 days before, and on the day after
    found = factors_on(200, [news(day, Kind.CONTRACT) for day in (200, 194, 193, 171, 201)])
    assert (found["news_7d"], found["news_30d"], found["news_91d"]) == (2, 4, 4)
    assert found["news_surprise_7d"] == pytest.approx(math.log(3 / (1 + 4 * 7 / 182)))
    assert found["news_surprise_30d"] == pytest.approx(math.log(5 / (1 + 4 * 30 / 182)))
    assert found["material_30d"] == 4


def test_what_is_told_after_the_close_counts_from_the_next_day() -> None:
    told = [news(100, Kind.OTHER), news(200, Kind.OTHER)]
    assert factors_on(200, told)["news_7d"] == 1
    assert factors_on(200, told, at=EVENING)["news_7d"] == 0
    assert factors_on(201, told, at=EVENING)["news_7d"] == 1


@pytest.mark.parametrize(
    ("factor", "kind", "days", "value"),
    [
        ("halts_91d", Kind.TRADING_HALT, 91, 1),
        ("halts_91d", Kind.SUSPENSION, 91, 1),
        ("raised_91d", Kind.CAPITAL_RAISING, 91, True),
        ("director_trades_91d", Kind.DIRECTOR_TRADE, 91, 1),
        ("holder_changes_30d", Kind.SUBSTANTIAL_HOLDING, 30, 1),
        ("buy_backs_30d", Kind.BUY_BACK, 30, 1),
        ("material_30d", Kind.GUIDANCE, 30, 1),
    ],
)
def test_a_kind_is_counted_by_its_factor_as_long_as_its_window(
    factor: str, kind: Kind, days: int, value: float
) -> None:
    first = news(5, Kind.OTHER)
    assert factors_on(199 + days, [first, news(200, kind)])[factor] == value
    assert factors_on(200 + days, [first, news(200, kind)])[factor] == 0
    assert factors_on(200, [first, news(200, Kind.GOVERNANCE)])[factor] == 0


def test_price_sensitive_ones_are_counted_only_where_it_is_known_of_all() -> None:
    known = [news(190, Kind.OTHER, marked=True), news(195, Kind.OTHER, marked=False)]
    assert factors_on(200, known)["sensitive_30d"] == 1
    assert factors_on(200, [*known, news(180, Kind.OTHER)])["sensitive_30d"] is None
    assert factors_on(200, [*known, news(160, Kind.OTHER)])["sensitive_30d"] == 1


def test_results_grow_old_and_after_400_days_are_missing() -> None:
    told = [news(10, Kind.RESULTS), news(50, Kind.RESULTS), news(60, Kind.OTHER)]
    assert factors_on(9, [news(1, Kind.OTHER), *told])["results_age"] is None
    assert [factors_on(day, told)["results_age"] for day in (10, 50, 399)] == [0, 0, 349]
    assert factors_on(390, [news(-20, Kind.RESULTS)])["results_age"] is None


def test_a_tone_fades_to_a_half_in_21_days_and_one_word_says_little() -> None:
    told = [news(100, Kind.CONTRACT, tone=0.6), news(121, Kind.CONTRACT, tone=-0.4), news(130, Kind.MEETING)]
    assert factors_on(100, told)["tone"] == pytest.approx(0.6 / 2)
    assert factors_on(121, told)["tone"] == pytest.approx((0.3 - 0.4) / (1 + 1.5))
    assert factors_on(142, told)["tone"] == pytest.approx((0.15 - 0.2) / (1 + 0.75))
    assert factors_on(142, told)["learnt_tone"] is None


def test_a_share_that_was_never_heard_of_has_no_factor_and_one_that_was_has_none_from_before() -> None:
    told = [news(100, Kind.OTHER)]
    assert set(factors_on(200, told, share=2).values()) == {None}
    assert set(factors_on(99, told).values()) == {None}
    assert factors_on(100, told)["news_7d"] == 1


def test_a_window_that_reaches_back_before_the_first_announcement_of_all_is_missing() -> None:
    told = [news(0, Kind.OTHER)]
    assert (factors_on(5, told)["news_7d"], factors_on(6, told)["news_7d"]) == (None, 1)
    assert (factors_on(89, told)["halts_91d"], factors_on(90, told)["halts_91d"]) == (None, 0)


def test_when_the_whole_market_falls_silent_nothing_is_counted() -> None:
    # given a market that told something every day up to day 399
    told = [news(300, Kind.OTHER)]
    assert factors_on(413, told)["news_91d"] == 0
    assert set(factors_on(414, told).values()) == {None}


def test_rows_keep_their_order_and_without_announcements_all_is_missing() -> None:
    days = [FIRST + timedelta(days=n) for n in (200, 100, 150)]
    asked = pl.DataFrame({"security_id": [1, 1, 1], "session_date": days}).cast({"security_id": pl.Int32})
    rows = [
        (1, datetime(2023, 4, 1, 2, tzinfo=UTC) + timedelta(days=n), "results", None, None, None) for n in range(150)
    ]
    told = replace(NO_FACTS, announcements=pl.DataFrame(rows[:12], schema=dict(SCHEMA), orient="row"))
    assert announcement_columns(asked, told)["results_age"].to_list() == [None, 0.0, None]
    nothing = announcement_columns(asked, NO_FACTS)
    assert nothing.shape == (3, len(ANNOUNCEMENTS))
    assert nothing.null_count().row(0) == (3,) * len(ANNOUNCEMENTS)
