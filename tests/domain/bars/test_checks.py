from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from asxos.domain.bars.checks import find_stale, split_doubles, split_faulty
from tests.domain.bars.factories import NOW, bars, finals, series


def checked(**columns: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    values: dict[str, Any] = {name: [value] for name, value in columns.items()}
    return split_faulty(bars("BHP.AX", [10.0], **values), finals(), NOW)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"close": None}, "price_missing"),
        ({"close": float("nan")}, "price_missing"),
        ({"low": 0.0}, "price_not_positive"),
        ({"open": -1.0, "low": -1.0}, "price_not_positive"),
        ({"volume": None}, "volume_missing"),
        ({"volume": -5}, "volume_negative"),
        ({"high": 9.0}, "high_below_low"),
        ({"close": 10.5}, "close_outside_range"),
        ({"open": 9.5}, "open_outside_range"),
        ({"session_date": date(2024, 1, 6)}, "no_session"),
        ({"session_date": date(1970, 1, 1)}, "no_session"),
        ({"session_date": date(2099, 1, 1)}, "no_session"),
        ({"session_date": date(2024, 12, 2)}, "not_final"),
        ({"symbol": "XAO.AX"}, "index_code"),
        ({"symbol": None}, "malformed_code"),
    ],
)
def test_a_faulty_bar_is_told_what_is_wrong(columns: dict[str, Any], reason: str) -> None:
    good, faulty = checked(**columns)
    assert (good.height, faulty["reason"].to_list()) == (0, [reason])


def test_a_bar_of_today_is_not_good_before_the_session_is_final() -> None:
    frame = bars("BHP.AX", [10.0])
    before, after = (datetime(2024, 1, 8, hour, 1, tzinfo=UTC) for hour in (5, 6))
    assert split_faulty(frame, finals(), before)[1]["reason"].to_list() == ["not_final"]
    assert split_faulty(frame, finals(), after)[0].height == 1


def test_good_bars_pass_and_learn_when_their_session_became_final() -> None:
    good, faulty = checked()
    assert (faulty.height, good["final_at"].to_list()) == (0, [datetime(2024, 1, 8, 6, tzinfo=UTC)])


def test_identical_copies_become_one_and_a_contradiction_is_set_aside() -> None:
    # given one session three times: as it is, again, and with another close
    frame = pl.concat([series({1: [10.0]}), series({1: [10.0]}), series({1: [11.0]}), series({2: [5.0]})])
    # when doubles are split off
    kept, conflicts = split_doubles(frame)
    # then the first stands and only the one that differs is told
    assert (kept["close"].to_list(), conflicts["close"].to_list()) == ([10.0, 5.0], [11.0])


def test_without_doubles_nothing_is_set_aside() -> None:
    kept, conflicts = split_doubles(series({1: [10.0, 10.0]}))
    assert (kept.height, conflicts.height) == (2, 0)


def test_the_twenty_first_quiet_session_in_a_row_is_stale() -> None:
    frame = series({1: [1.0] * 25}, volume=[500] + [0] * 24)
    assert find_stale(frame).arg_true().to_list() == [21, 22, 23, 24]


def test_a_series_that_begins_quiet_counts_its_first_session() -> None:
    assert find_stale(series({1: [1.0] * 22}, volume=[0] * 22)).arg_true().to_list() == [20, 21]


def test_a_trade_or_a_new_close_ends_a_quiet_run() -> None:
    traded = series({1: [1.0] * 30}, volume=[0] * 15 + [10] + [0] * 14)
    moved = series({1: [1.0] * 15 + [1.1] * 15}, volume=[0] * 30)
    assert not find_stale(traded).any()
    assert not find_stale(moved).any()


def test_a_quiet_run_does_not_reach_into_the_next_security() -> None:
    assert not find_stale(series({1: [1.0] * 15, 2: [1.0] * 15}, volume=[0] * 30)).any()
