from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl

from asxos.domain.facts import FUNDAMENTALS
from asxos.domain.simulation import SimulatedFacts, SimulatedMarket, simulate, simulate_facts
from tests.domain.simulation.test_simulation import END, WEEKDAYS

TURN = date(2024, 6, 28)


@cache
def market() -> SimulatedMarket:
    return simulate(3, 120, 6, 0.1, end=END, sessions=WEEKDAYS)


@cache
def facts(seed: int = 3) -> SimulatedFacts:
    return simulate_facts(seed, market())


def test_the_same_seed_publishes_the_same_and_another_something_else() -> None:
    again = simulate_facts(3, market())
    assert all(getattr(again, name).equals(frame) for name, frame in vars(facts()).items())
    assert not simulate_facts(4, market()).figures.equals(facts().figures)


def test_tables_are_named_as_facts_are_and_hold_what_companies_can_have() -> None:
    figures, shorts = facts().figures, facts().shorts
    assert set(FUNDAMENTALS) - {"security_id", "known_at"} <= set(figures.columns)
    assert (figures["published"] - figures["as_of"]).is_between(timedelta(days=40), timedelta(days=70)).all()
    assert figures["published"].max() <= END  # pyright: ignore[reportOperatorIssue] # a column of dates
    assert {(day.month, day.day) for day in figures["as_of"]} == {(6, 30), (12, 31)}
    assert (figures["market_cap"] > 0).all()
    assert figures["franking"].drop_nulls().is_between(0, 1).all()
    assert 0.1 < (figures["earnings_per_share"] < 0).sum() / figures.height < 0.6
    assert 0.1 < figures["dividends_per_share"].count() / figures.height < 0.9
    assert shorts["short_share"].is_between(0, 0.2).all()


def test_earnings_are_a_plausible_part_of_the_price_whatever_splits_came() -> None:
    bars = market().bars.select("symbol", "session_date", "close").sort("session_date")
    told = facts().figures.sort("published")
    priced = told.join_asof(bars, left_on="published", right_on="session_date", by="symbol", check_sortedness=False)
    ratio = priced["earnings_per_share"] / priced["close"]
    assert ratio.filter(ratio > 0).median() == np.clip(ratio.filter(ratio > 0).median(), 0.03, 0.12)  # pyright: ignore[reportArgumentType, reportCallIssue]
    # a share that was split or consolidated stays within what a fallen price explains: tens would be the split
    split = market().actions.filter(pl.col("factor").is_not_null())["symbol"].unique().to_list()
    assert len(split) > 3
    assert ratio.filter(priced["symbol"].is_in(split)).abs().max() < 3.0  # pyright: ignore[reportOptionalOperand, reportOperatorIssue]


def test_what_prices_do_later_changes_nothing_that_was_published() -> None:
    # given a market whose prices double after a day
    later = pl.col("session_date") > TURN
    bars = market().bars.with_columns(pl.when(later).then(pl.col("close") * 2).otherwise(pl.col("close")))
    shaken = simulate_facts(3, replace(market(), bars=bars))
    # then all that was published until then is the same, and later figures are not
    for name, day in (("figures", "published"), ("values", "as_of"), ("shorts", "as_of")):
        keys = ["symbol", "as_of"]
        then, now = (getattr(made, name).sort(keys).filter(pl.col(day) <= TURN) for made in (facts(), shaken))
        assert then.height > 100
        assert now.equals(then)
    assert not shaken.figures.equals(facts().figures)
