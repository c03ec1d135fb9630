"""Receptions are measured as known, and nothing is learnt from what came later."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from asxos.domain.text.lessons import LEAST, learn_by, learning_days
from asxos.domain.text.reactions import reactions
from tests.domain.factors.panels import START, make_panel

NOON = timedelta(hours=1)  # in UTC; in Sydney the session is open
EVENING = timedelta(hours=9)


def told(*instants: tuple[int, datetime]) -> pl.DataFrame:
    schema = {"security_id": pl.Int32, "known_at": pl.Datetime("us", "UTC")}
    return pl.DataFrame(instants, schema=schema, orient="row")


def at(day: int, hour: timedelta) -> datetime:
    return datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(days=day) + hour


@pytest.fixture
def panel() -> pl.DataFrame:
    return make_panel((200, 200, 200))


def test_a_reaction_is_the_return_against_the_market_in_units_of_the_days_before(panel: pl.DataFrame) -> None:
    # given news at noon of day 120, and the same in the evening, known from the next session on
    found = reactions(panel, told((2, at(120, NOON)), (2, at(120, EVENING))))
    assert found["session_date"].to_list() == [START + timedelta(days=120), START + timedelta(days=121)]
    # then it is the share's return less the market's over the deviation of the 63 returns before, by hand
    share = panel.filter(pl.col("security_id") == 2)
    returns = share["close"].to_numpy()[1:] / share["close"].to_numpy()[:-1] - 1
    day = panel.filter(pl.col("session_date") == START + timedelta(days=120))
    before = panel.filter(pl.col("session_date") == START + timedelta(days=119))
    moves = day["close"].to_numpy() / before["close"].to_numpy() - 1
    low, high = np.quantile(moves[day["turnover"].to_numpy() > 0], [0.01, 0.99])
    market = np.average(np.clip(moves, low, high), weights=day["turnover"])
    expected = (returns[119] - market) / returns[119 - 63 : 119].std(ddof=1)
    assert found["reaction"][0] == pytest.approx(expected)


def test_a_share_that_trades_again_days_later_reacts_then_and_after_a_week_not_at_all(panel: pl.DataFrame) -> None:
    halted = panel.filter((pl.col("security_id") != 1) | ~pl.col("session_date").is_between(*between(121, 124)))
    gone = panel.filter((pl.col("security_id") != 1) | ~pl.col("session_date").is_between(*between(121, 127)))
    news = told((1, at(121, NOON)))
    assert reactions(halted, news)["session_date"].to_list() == [START + timedelta(days=125)]
    assert reactions(gone, news).row(0) == (None, None)


def test_a_share_with_a_short_past_or_none_has_no_reaction(panel: pl.DataFrame) -> None:
    assert reactions(panel, told((1, at(20, NOON)), (9, at(120, NOON))))["reaction"].to_list() == [None, None]


def test_later_prices_change_no_reaction(panel: pl.DataFrame) -> None:
    news = told(*((share, at(day, NOON)) for share in (1, 2, 3) for day in (90, 140)))
    until = panel.filter(pl.col("session_date") <= START + timedelta(days=140))
    assert reactions(until, news).equals(reactions(panel, news))


def between(first: int, last: int) -> tuple[date, date]:
    return START + timedelta(days=first), START + timedelta(days=last)


def test_models_learn_after_the_two_reporting_seasons() -> None:
    days = learning_days(date(2023, 8, 11), date(2025, 3, 31))
    assert days == [date(2023, 9, 30), date(2024, 3, 31), date(2024, 9, 30)]
    assert learning_days(date(2024, 4, 1), date(2024, 9, 30)) == []


def heard(count: int, last: date) -> pl.DataFrame:
    """Two headlines a day up to `last`, one taken well and one badly."""
    days = [last - timedelta(days=n // 2) for n in range(count)]
    words, reaction = ["strong sales", "plant flooded"] * (count // 2), [2.0, -2.0] * (count // 2)
    return pl.DataFrame({"headline": words, "session_date": days, "reaction": reaction})


def test_what_was_received_later_or_long_ago_teaches_nothing() -> None:
    day = date(2024, 3, 31)
    known = heard(LEAST, day)
    model = learn_by(known, day, 7)
    assert model is not None
    # given news after the day, and more than two years before it, that say the opposite
    turned = pl.concat([heard(LEAST, date(2026, 3, 31)), heard(LEAST, date(2022, 3, 31))])
    turned = turned.with_columns(reaction=-pl.col("reaction"))
    again = learn_by(
        pl.concat(
            [known, turned.filter((pl.col("session_date") > day) | (pl.col("session_date") <= date(2022, 3, 31)))]
        ),
        day,
        7,
    )
    # then the very same is learnt
    assert again is not None
    assert again.to_json() == model.to_json()


def test_too_few_or_unclear_receptions_teach_nothing() -> None:
    day = date(2024, 3, 31)
    assert learn_by(heard(LEAST - 2, day), day, 7) is None
    assert learn_by(heard(LEAST, day).with_columns(reaction=pl.lit(0.5)), day, 7) is None
    assert learn_by(heard(LEAST, day).with_columns(reaction=pl.lit(2.0)), day, 7) is None
