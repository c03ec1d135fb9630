"""A run beside its benchmarks, on markets small enough to be worked out by hand."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from asxos.domain.backtest import Market, Rankings, Rules, run
from asxos.domain.backtest.baskets import Basket, basket_returns
from asxos.domain.backtest.study import EQUAL, FRANKED, PRICE, STRATEGY, TURNOVER, index_returns, information, study
from asxos.domain.backtest.trading import position_profits, trading, yearly_costs
from tests.domain.backtest.markets import Bar, actions, day, market, panel, rankings

FLAT: list[Bar] = [(10.0, 10.0)] * 40
RISING: list[Bar] = [*FLAT[:25], *[(12.0, 12.0)] * 15]
NO_ICS = pl.DataFrame(schema={"session_date": pl.Date, "ic": pl.Float64})
RULES = Rules(top=1, every=1, capital=10_000.0, reserve=0.0)


def basket(place: Market, ranked: Rankings, kind: Basket, delisting_return: float = 0.0) -> list[float]:
    return basket_returns(place, ranked, [20, 30], 35, basket=kind, delisting_return=delisting_return).tolist()


def test_a_basket_holds_every_ranked_share_from_reset_to_reset() -> None:
    # given one share that stays at $10 and one that rises from $10 to $12 on session 25 and to $15 on session 32
    place = market({1: FLAT, 2: [*FLAT[:25], *[(12.0, 12.0)] * 7, *[(15.0, 15.0)] * 8]})
    ranked = rankings(place, {20: {1: 1.0, 2: 0.0}, 30: {1: 1.0, 2: 0.0}})
    # then half of the money earns 20 %, and, evened out on session 30, half of it 25 %
    expected = [0.0] * 16
    expected[5], expected[12] = 0.10, 0.125
    assert basket(place, ranked, Basket.EQUAL) == pytest.approx(expected)


def test_a_basket_by_turnover_weighs_what_is_traded() -> None:
    # given twice as much traded of the share that rises by a fifth
    place = market({1: FLAT, 2: [*[(20.0, 20.0)] * 25, *[(24.0, 24.0)] * 15]})
    ranked = rankings(place, {20: {1: 1.0, 2: 0.0}, 30: {1: 1.0, 2: 0.0}})
    assert basket(place, ranked, Basket.TURNOVER)[5] == pytest.approx(0.2 * 2 / 3)
    assert basket(place, ranked, Basket.EQUAL)[5] == pytest.approx(0.2 / 2)


def test_a_basket_earns_dividends_and_suffers_delistings_as_a_run_does() -> None:
    place = market({1: FLAT[:23], 2: FLAT}, (2, 22, "dividend", None, 1.0, None), delisted_after=5)
    ranked = rankings(place, {20: {1: 1.0, 2: 0.0}, 30: {2: 0.0}})
    found = basket(place, ranked, Basket.EQUAL, -1.0)
    # A tenth on half of the money, then the other half, of 2.1 parts one, lost when 5 sessions of silence are complete.
    assert found[2] == pytest.approx(0.05)
    assert found[7] == pytest.approx(-1 / 2.1)


def test_a_study_tells_three_returns_of_a_run_and_those_of_every_benchmark() -> None:
    # given a fully franked dividend of $1 on 993 shares
    place = market({1: FLAT, 2: FLAT}, (1, 25, "dividend", None, 1.0, 1.0))
    ranked = rankings(place, {20: {1: 1.0, 2: 0.0}})
    found = study(place, ranked, RULES, None, indices={}, ics=NO_ICS)
    assert set(found.returns) == {STRATEGY, PRICE, FRANKED, EQUAL, TURNOVER}
    # then the price return is the costs of the purchase, the total return has the dividend, and 3/7 of it is a credit
    assert found.performance[PRICE].total == pytest.approx(-60.56 / 10_000)
    assert found.performance[STRATEGY].total == pytest.approx((993 - 60.56) / 10_000)
    assert found.performance[FRANKED].total == pytest.approx(
        (1 - 60.56 / 10_000) * (1 + (993 + 425.57) / 9_939.44) - 1, abs=1e-9
    )
    assert found.performance[EQUAL].total == pytest.approx(0.05)
    assert found.delisting.keys() == {0.0, -0.3, -1.0}
    assert set(found.relative) == {EQUAL, TURNOVER}


def test_the_first_index_that_reaches_over_the_run_is_a_benchmark() -> None:
    place = market({1: FLAT, 2: FLAT})
    ranked = rankings(place, {20: {1: 1.0, 2: 0.0}})
    whole = pl.DataFrame({"session_date": [day(0), day(25), day(39)], "level": [100.0, 110.0, 121.0]})
    late, short = whole[1:], whole[:2]
    indices = {"Late": late, "Short": short, "Whole": whole, "Other": whole}
    found = study(place, ranked, RULES, None, indices=indices, ics=NO_ICS)
    assert "Whole" in found.performance
    assert not {"Late", "Short", "Other"} & set(found.performance)
    assert found.performance["Whole"].total == pytest.approx(0.21)


def test_an_index_without_a_level_on_a_day_stands_where_it_stood() -> None:
    levels = pl.DataFrame({"session_date": [date(2024, 1, 1), date(2024, 1, 3)], "level": [100.0, 110.0]})
    days = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], "datetime64[D]")
    assert index_returns(levels, days) == pytest.approx([0.0, 0.0, 0.1])
    assert index_returns(levels[:0], days) is None


def test_positions_are_closed_at_what_they_brought_less_what_they_took() -> None:
    # given a purchase of one share that is sold for another, whose price then rises, and which is not sold
    place = market({1: RISING, 2: FLAT, 3: FLAT})
    ranked = rankings(place, {20: {1: 2.0, 2: 1.0}, 30: {2: 2.0, 3: 1.0}})
    ledger = run(place, ranked, Rules(top=1, every=1, capital=10_000.0, reserve=0.0, buffer=0.0))
    cash = ledger.journal.filter(pl.col("column") == 0)["cash"].to_list()
    assert position_profits(ledger) == pytest.approx([sum(cash)])
    found = trading(ledger, benchmark_cagr=0.10, cagr=0.30)
    assert (found.trades, found.closed, found.hit_rate) == (3, 1, 1.0)
    # then the break-even cost is what was paid and the 20 % a year that were earned more, a round trip of them
    assert found.break_even == pytest.approx(found.paid + 0.20 / found.turnover)
    assert found.paid == pytest.approx(2 * ledger.costs.sum() / ledger.traded.sum())
    assert found.brokerage + found.spread + found.impact == pytest.approx(ledger.costs.sum())
    assert 0.9 < found.exposure < 1.0


def test_a_share_bought_again_after_it_was_sold_is_another_position() -> None:
    place = market({1: FLAT, 2: FLAT})
    scores = {20: {1: 2.0, 2: 1.0}, 25: {2: 2.0, 1: 1.0}, 30: {1: 2.0, 2: 1.0}, 35: {2: 2.0, 1: 1.0}}
    ledger = run(place, rankings(place, scores), Rules(top=1, every=1, capital=10_000.0, buffer=0.0))
    assert len(position_profits(ledger)) == 3
    assert (position_profits(ledger) < 0).all()


def test_a_run_without_trades_has_no_costs_to_compare() -> None:
    place = market({1: FLAT})
    ledger = run(place, rankings(place, {20: {1: 1.0}}), Rules(capital=100.0))
    found = trading(ledger, benchmark_cagr=0.1, cagr=0.0)
    assert np.isnan([found.paid, found.break_even, found.hit_rate]).all()
    assert (found.turnover, found.exposure, found.mean_holdings) == (0.0, 0.0, 0.0)


def test_costs_are_summed_by_calendar_year() -> None:
    place = market({1: FLAT})
    ledger = run(place, rankings(place, {20: {1: 1.0}}), RULES)
    days = np.arange(ledger.first, 40) + np.datetime64("2023-12-30") - ledger.first
    found = yearly_costs(days.astype("datetime64[D]"), ledger).to_dicts()
    assert found[0] == {"year": 2023, "brokerage": 19.95, "spread": 32.32, "impact": 8.29, "traded": 9_930.0}
    assert found[1] == {"year": 2024, "brokerage": 0.0, "spread": 0.0, "impact": 0.0, "traded": 0.0}


def test_information_is_the_rank_correlation_with_what_followed() -> None:
    # given five shares of which a higher id rises more
    def drifting(id: int) -> list[Bar]:
        return [(10.0 + id * session / 100, 10.0 + id * session / 100) for session in range(40)]

    bars = panel({id: drifting(id) for id in range(1, 6)}, actions())
    ranked = pl.DataFrame(
        {"session_date": [day(5)] * 5 + [day(10)] * 5 + [day(35)] * 5, "security_id": pl.Series([1, 2, 3, 4, 5] * 3)}
    ).with_columns(
        pl.col("security_id").cast(pl.Int32), score=pl.Series([1.0, 2, 3, 4, 5, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5])
    )
    # then the first ranking is right, the second wrong, and of the third nothing is known yet
    assert information(bars, ranked).rows() == [(day(5), pytest.approx(1.0)), (day(10), pytest.approx(-1.0))]
