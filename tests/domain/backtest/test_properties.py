"""What holds of every backtest, whatever the market does: every cent is accounted for, nothing looks ahead."""

from collections import defaultdict
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from asxos.domain.backtest import Ledger, Market, Rules, Weighting, build_market, read_rankings, run
from asxos.domain.backtest.ledger import Entry
from asxos.domain.costs import Broker
from tests.domain.backtest.markets import Bar, actions, day, panel, random_bars

SHARES, SESSIONS, START = 8, 90, 25
SECTORS = ("Materials", "Financials", None)

rule_sets = st.builds(
    Rules,
    top=st.integers(1, 6),
    every=st.integers(1, 15),
    sector_neutral=st.booleans(),
    weighting=st.sampled_from(Weighting),
    capital=st.sampled_from([1_000.0, 20_000.0, 1e6]),
    broker=st.sampled_from(Broker),
    buffer=st.sampled_from([0.0, 0.5, 1.0]),
    band=st.sampled_from([0.0, 0.25]),
    reserve=st.sampled_from([0.0, 0.01]),
    delisted_after=st.just(10),
    delisting_return=st.sampled_from([0.0, -0.3, -1.0]),
)


def random_actions(rng: np.random.Generator) -> pl.DataFrame:
    """A few of each kind, whatever the prices do: what is paid or split need not be what the prices say."""
    rows: list[Any] = []
    for _ in range(4):
        rows += [
            (int(rng.integers(1, SHARES + 1)), int(rng.integers(1, SESSIONS)), "dividend", None, 0.05, 0.7),
            (int(rng.integers(1, SHARES + 1)), int(rng.integers(1, SESSIONS)), "split", 0.5, None, None),
            (int(rng.integers(1, SHARES + 1)), int(rng.integers(1, SESSIONS)), "consolidation", 7.0, None, None),
            (int(rng.integers(1, SHARES + 1)), int(rng.integers(1, SESSIONS)), "capital_return", 0.95, None, None),
        ]
    return actions(*{(id, session): (id, session, *rest) for id, session, *rest in rows}.values())


def scores_of(rng: np.random.Generator, place: Market) -> pl.DataFrame:
    """A ranking on every third session of the shares with a bar on it."""
    rows = [
        (day(session), column + 1, float(rng.normal()), SECTORS[column % 3])
        for session in range(START, SESSIONS, 3)
        for column in range(SHARES)
        if np.isfinite(place.opens[session, column])
    ]
    return pl.DataFrame(rows, schema=["session_date", "security_id", "score", "sector"], orient="row")


def made(seed: int, bars: dict[int, list[Bar]] | None = None) -> Market:
    rng = np.random.default_rng(seed)
    known = random_actions(rng)
    found = random_bars(rng, SHARES, SESSIONS) if bars is None else bars
    return build_market(panel(found, known), known, delisted_after=10)


@given(st.integers(0, 10_000), rule_sets)
@settings(max_examples=40, deadline=None)
def test_every_change_in_equity_is_profit_less_costs_plus_income_to_the_cent(seed: int, rules: Rules) -> None:
    place = made(seed)
    ledger = run(place, read_rankings(scores_of(np.random.default_rng(seed), place), place), rules)
    profit = profits(ledger, place)
    explained = profit - ledger.costs + ledger.income
    assert np.diff(ledger.equity) == pytest.approx(explained[1:], abs=1e-6)
    cash = rules.capital + np.cumsum(ledger.daily(pl.col("cash")))
    assert ledger.cash == pytest.approx(cash, abs=1e-6)
    assert (ledger.cash >= 0).all()


def profits(ledger: Ledger, place: Market) -> NDArray[np.float64]:
    """What prices gave, session by session and share by share, from holdings and trades alone."""
    held: dict[int, dict[int, int]] = defaultdict(dict)
    for session, column, shares in ledger.holdings.select("session", "column", "shares").iter_rows():
        held[session][column] = shares
    profit = np.zeros(len(ledger.equity))
    for i in range(1, len(profit)):
        now, before = ledger.first + i, ledger.first + i - 1
        profit[i] = sum(n * place.closes[now, c] for c, n in held[now].items())
        profit[i] -= sum(n * place.closes[before, c] for c, n in held[before].items())
    for e in ledger.journal.iter_rows(named=True):
        if e["kind"] in {Entry.BUY, Entry.SELL}:
            profit[e["session"] - ledger.first] -= np.round(e["shares"] * e["price"], 2)
        elif e["kind"] in {Entry.UNITS, Entry.DELISTED}:
            profit[e["session"] - ledger.first] += e["cash"]
    return profit


@given(st.integers(0, 10_000), rule_sets)
@settings(max_examples=25, deadline=None)
def test_orders_are_whole_shares_at_later_opens_of_shares_that_trade(seed: int, rules: Rules) -> None:
    place = made(seed)
    ledger = run(place, read_rankings(scores_of(np.random.default_rng(seed), place), place), rules)
    owned: dict[int, int] = defaultdict(int)
    for e in ledger.journal.iter_rows(named=True):
        owned[e["column"]] += e["shares"]
        assert owned[e["column"]] >= 0
        if e["kind"] in {Entry.BUY, Entry.SELL}:
            assert e["session"] > e["decided"] >= ledger.first
            assert e["price"] == place.opens[e["session"], e["column"]]
            is_first = e["kind"] == Entry.BUY and owned[e["column"]] == e["shares"]
            assert not is_first or e["shares"] * e["price"] >= 500


@given(st.integers(0, 10_000), rule_sets, st.integers(START + 5, SESSIONS - 5))
@settings(max_examples=25, deadline=None)
def test_another_future_moves_no_past_trade(seed: int, rules: Rules, cut: int) -> None:
    # given two markets that are the same up to a session; after it one goes on otherwise, and one not at all
    rng = np.random.default_rng(seed)
    random_actions(rng)
    bars = random_bars(rng, SHARES, SESSIONS)
    other = {
        id: [*series[: cut + 1], *random_bars(rng, SHARES, SESSIONS)[id][cut + 1 :]] for id, series in bars.items()
    }
    place = made(seed)
    scores = scores_of(np.random.default_rng(seed), place)
    past = scores.filter(pl.col("session_date") <= day(cut))
    whole = run(place, read_rankings(scores, place), rules)
    for ranked, future in ((past, other), (scores, {id: series[: cut + 1] for id, series in bars.items()})):
        elsewhere = made(seed, future)
        again = run(elsewhere, read_rankings(ranked, elsewhere), rules)
        # then all that happened up to the session is the same
        for table, twin in (
            (whole.journal, again.journal),
            (whole.holdings.drop("sector"), again.holdings.drop("sector")),
        ):
            same_columns = pl.col("session") <= cut
            assert table.filter(same_columns).equals(twin.filter(same_columns))
        upto = cut - whole.first + 1
        assert whole.equity[:upto].tolist() == again.equity[:upto].tolist()
