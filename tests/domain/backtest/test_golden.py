"""Backtests small enough to be worked out by hand; every figure below was."""

import numpy as np
import polars as pl
import pytest

from asxos.domain.backtest import Ledger, Rules, run
from asxos.domain.backtest.engine import NothingRanked
from asxos.domain.backtest.ledger import Entry
from tests.domain.backtest.markets import Bar, day, market, rankings

# A million shares a day at $10 are a turnover of A$10m: half spread 0.0068 x 10 ^ -0.32 = 0.0032547.
FLAT: list[Bar] = [(10.0, 10.0)] * 40
ONE = Rules(top=1, every=1, capital=10_000.0, reserve=0.0, band=0.0)


def entries(ledger: Ledger) -> list[tuple[int, str, int, float]]:
    """Session, kind, change in shares and in cash of every entry."""
    rows = ledger.journal.select("session", "kind", "shares", "cash").iter_rows()
    return [(session, Entry(kind).name, shares, cash) for session, kind, shares, cash in rows]


def test_a_signal_of_one_close_is_bought_at_the_next_open_and_every_cost_is_to_the_cent() -> None:
    # given $10,000 and a share at $10 whose open after the signal is $10 and whose close then is $11
    place = market({1: [*FLAT[:21], *[(10.0, 11.0)] * 9]})
    ledger = run(place, rankings(place, {20: {1: 1.0}}), ONE)
    # then $10,000 less $19.95 buys 993 at $10 + 0.0325 of spread + 0.0084 of impact, 0.0265 x sqrt(10,000 / 10m)
    bought = ledger.journal.row(0, named=True)
    assert (bought["decided"], bought["session"], bought["price"], bought["shares"]) == (20, 21, 10.0, 993)
    assert (bought["brokerage"], bought["spread"], bought["impact"]) == (19.95, 32.32, 8.29)
    assert bought["cash"] == -9_990.56
    # and the account is worth what is left of the cash and the shares at their close
    assert ledger.cash.tolist()[:2] == [10_000.0, 9.44]
    assert ledger.equity.tolist()[:2] == [10_000.0, pytest.approx(9.44 + 993 * 11)]
    assert ledger.costs[1] == pytest.approx(60.56)


def test_a_dividend_is_paid_on_the_ex_date_to_who_held_the_share_the_close_before() -> None:
    # given 50 cents, fully franked, ex on the session after the purchase, and ex on the session of the purchase
    for ex, income, franking in ((22, 496.50, 212.79), (21, 0.0, 0.0)):
        place = market({1: FLAT}, (1, ex, "dividend", None, 0.50, 1.0))
        ledger = run(place, rankings(place, {20: {1: 1.0}}), ONE)
        # then 993 x 0.50 comes in the first case, with a credit of 3/7 of it, and nothing in the second
        assert ledger.income.sum() == pytest.approx(income)
        assert ledger.journal["franking"].sum() == pytest.approx(franking)


def test_a_consolidation_leaves_whole_shares_and_pays_for_the_fraction() -> None:
    # given ten old shares for a new one while 993 are held
    place = market({1: [*FLAT[:25], *[(100.0, 100.0)] * 10]}, (1, 25, "consolidation", 10.0, None, None))
    ledger = run(place, rankings(place, {20: {1: 1.0}}), ONE)
    # then 99 are left, and 0.3 of a share at $100 is paid: nothing is gained or lost
    assert entries(ledger)[1:] == [(25, "UNITS", 99 - 993, 30.0)]
    assert ledger.equity[5] == pytest.approx(ledger.equity[4])


def test_an_order_that_waits_over_a_split_is_for_the_new_shares() -> None:
    # given 1:4 on the session of the purchase
    place = market({1: [*FLAT[:21], *[(2.5, 2.5)] * 9]}, (1, 21, "split", 0.25, None, None))
    ledger = run(place, rankings(place, {20: {1: 1.0}}), ONE)
    assert entries(ledger)[0][2] == pytest.approx(4 * 993, abs=4)


def test_what_an_entitlement_takes_off_the_price_is_paid_in_cash() -> None:
    # given a price-implied adjustment of 0.9: a tenth of the last close of $10
    place = market({1: [*FLAT[:25], *[(9.0, 9.0)] * 10]}, (1, 25, "adjustment", 0.9, None, None))
    ledger = run(place, rankings(place, {20: {1: 1.0}}), ONE)
    assert entries(ledger)[1:] == [(25, "RETURN", 0, 993.0)]
    assert ledger.equity[5] == pytest.approx(ledger.equity[4])


def test_a_halted_share_is_bought_when_it_trades_again() -> None:
    place = market({1: [*FLAT[:21], None, None, (12.0, 12.0), *FLAT[:5]], 2: FLAT[:29]})
    ledger = run(place, rankings(place, {20: {1: 1.0}}), ONE)
    bought = ledger.journal.row(0, named=True)
    assert (bought["decided"], bought["session"], bought["price"]) == (20, 23, 12.0)


def test_a_bar_without_volume_is_no_trade() -> None:
    place = market({1: FLAT}, volume=0)
    assert np.isnan(place.opens).all()
    assert place.closes[20, 0] == 10.0


def test_a_holding_that_is_halted_on_a_rebalance_is_kept() -> None:
    # given a holding that has no bar on the session of the next ranking, and so is not ranked
    place = market({1: [*FLAT[:25], None, *FLAT[:10]], 2: FLAT[:36]})
    ledger = run(place, rankings(place, {20: {1: 1.0, 2: 0.0}, 25: {2: 1.0}}), ONE)
    assert [kind for _, kind, *_ in entries(ledger)] == ["BUY"]


@pytest.mark.parametrize(("assumed", "paid"), [(0.0, 9_930.0), (-0.3, 6_951.0), (-1.0, 0.0)])
def test_a_delisted_share_is_paid_at_its_last_price_and_the_assumed_return(assumed: float, paid: float) -> None:
    # given a share that never trades again after session 24, and 5 sessions of silence that tell
    place = market({1: FLAT[:25], 2: FLAT}, delisted_after=5)
    rules = Rules(top=1, every=1, capital=10_000.0, reserve=0.0, delisted_after=5, delisting_return=assumed)
    ledger = run(place, rankings(place, {20: {1: 1.0}}), rules)
    assert entries(ledger)[1:] == [(29, "DELISTED", -993, paid)]
    assert ledger.equity[8] == pytest.approx(9_939.44)
    assert ledger.equity[9] == pytest.approx(9.44 + paid)


def test_a_held_share_stays_while_its_rank_is_within_the_buffer() -> None:
    # given two places, so a buffer of a half reaches to rank 3; share 1 falls to rank 3, then to rank 4
    place = market(dict.fromkeys(range(1, 6), FLAT))
    before = {1: 5.0, 2: 4.0, 3: 3.0, 4: 2.0, 5: 1.0}
    third = {2: 5.0, 3: 4.0, 1: 3.0, 4: 2.0, 5: 1.0}
    fourth = {2: 5.0, 3: 4.0, 4: 3.0, 1: 2.0, 5: 1.0}
    rules = Rules(top=2, every=1, capital=10_000.0)
    ledger = run(place, rankings(place, {20: before, 25: third, 30: fourth}), rules)
    held = {s: sorted(c) for s, c in ledger.holdings.group_by("session").agg("column").iter_rows()}
    assert (held[21], held[26], held[31]) == ([0, 1], [0, 1], [1, 2])


def test_equal_scores_are_ranked_by_turnover() -> None:
    place = market({1: FLAT, 2: [(20.0, 20.0)] * 40, 3: [(15.0, 15.0)] * 40})
    assert rankings(place, {20: {1: 1.0, 2: 1.0, 3: 1.0}}).on(20).columns.tolist() == [1, 2, 0]


def test_no_first_purchase_is_below_500_dollars() -> None:
    # given $1,600 for four shares: $400 each is less than the exchange takes
    place = market(dict.fromkeys(range(1, 5), FLAT))
    scores = {20: {1: 4.0, 2: 3.0, 3: 2.0, 4: 1.0}}
    assert not run(place, rankings(place, scores), Rules(top=4, capital=1_600.0)).journal.height
    assert run(place, rankings(place, scores), Rules(top=3, capital=1_600.0)).journal.height == 3


def test_cash_that_runs_out_cuts_the_last_purchase_only() -> None:
    # given three equal purchases whose opens are a tenth above the close that they were sized by
    place = market({id: [*FLAT[:21], *[(11.0, 11.0)] * 9] for id in range(1, 4)})
    rules = Rules(top=3, capital=30_000.0, reserve=0.0)
    ledger = run(place, rankings(place, {20: {1: 3.0, 2: 2.0, 3: 1.0}}), rules)
    # then 1,000, 1,000 and what is left are bought
    first, second, third = ledger.journal["shares"].to_list()
    assert (first, second) == (1_000, 1_000)
    assert 690 < third < 720
    # and the cut order of under $10,000 paid $10 less of brokerage than the one it was cut from
    assert 10 <= ledger.cash[1] < 10 + 11.2


def test_rebalances_are_at_least_so_many_sessions_apart() -> None:
    place = market({1: FLAT})
    ranked = rankings(place, {session: {1: 1.0} for session in (3, 8, 13, 18, 23, 28)})
    assert ranked.due(1) == [3, 8, 13, 18, 23, 28]
    assert ranked.due(6) == [3, 13, 23]


def test_a_holding_within_the_band_is_left_alone() -> None:
    # given two equal holdings of which one rises by a tenth
    place = market({1: [*FLAT[:25], *[(11.0, 11.0)] * 10], 2: FLAT[:35]})
    scores = {20: {1: 2.0, 2: 1.0}, 30: {1: 2.0, 2: 1.0}}
    for band, trades in ((0.25, 2), (0.0, 4)):
        ledger = run(place, rankings(place, scores), Rules(top=2, every=1, capital=50_000.0, band=band))
        assert ledger.journal.height == trades


def test_a_run_ends_on_the_day_asked_for() -> None:
    place = market({1: FLAT})
    ledger = run(place, rankings(place, {20: {1: 1.0}}), ONE, day(30))
    assert (ledger.first, len(ledger.equity)) == (20, 11)


def test_rankings_of_other_days_are_no_rankings() -> None:
    place = market({1: FLAT})
    with pytest.raises(NothingRanked):
        run(place, rankings(place, {99: {1: 1.0}}), ONE)


def test_the_price_of_a_suspended_share_follows_its_actions() -> None:
    # given a suspension over a 10:1 consolidation, a $2 dividend after it, and trading again at $90
    bars: list[Bar] = [*FLAT[:25], None, None, None, (90.0, 90.0), (90.0, 90.0)]
    place = market(
        {1: bars, 2: FLAT[:30]}, (1, 25, "consolidation", 10.0, None, None), (1, 27, "dividend", None, 2.0, None)
    )
    assert place.closes[24:29, 0].tolist() == [10.0, 100.0, 100.0, 98.0, 90.0]
    # then what a dollar in it became is told the same: nothing, nothing, nothing, and 90 / 98
    assert place.growth[25:29, 0] == pytest.approx([1.0, 1.0, 1.0, 90 / 98])


def test_the_journal_of_a_run_without_trades_is_empty() -> None:
    place = market({1: FLAT})
    ledger = run(place, rankings(place, {20: {1: 1.0}}), Rules(capital=100.0))
    assert ledger.journal.is_empty()
    assert ledger.holdings.is_empty()
    assert ledger.traded.tolist() == [0.0] * 20
    assert isinstance(ledger.journal, pl.DataFrame)
