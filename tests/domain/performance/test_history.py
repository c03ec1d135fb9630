"""A ledger laid over closes: hand-computed cases, and random ledgers against the book and pyxirr's own rate."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyxirr import xirr

from asxos.domain.ledger.book import replay
from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.domain.performance.flows import codes_of, lay
from asxos.domain.performance.history import History, closes_of, history
from asxos.domain.performance.returns import money_weighted, time_weighted, times_weighted
from tests.domain.ledger.lines import buy, line, sell

# A Monday to the Friday of the next week, weekends left out.
DAYS = [date(2025, 3, 3) + timedelta(n) for n in range(12) if n % 7 < 5]
NONE = float("nan")


def made(lines: list[Transaction], **closes: list[float]) -> History:
    """Closes by code over DAYS."""
    flows = lay(lines, DAYS)
    return history(flows, np.column_stack([closes[code] for code in flows.codes]))


def flat(price: float) -> list[float]:
    return [price] * len(DAYS)


def test_a_year_in_small_bought_grown_paid_and_half_sold() -> None:
    # 100 at $10 and $10 brokerage; $11 at the close; a dividend of $50 fully franked; half sold at $12 less $10.
    lines = [
        buy("2025-03-04", "100", "10", "10"),
        line(Kind.DIVIDEND, "2025-03-10", amount="50", franked="50", ex_date=date(2025, 3, 6)),
        sell("2025-03-07", "50", "12", "10"),
    ]
    found = made(lines, XYZ=[10, 11, 11, 11, 12, 12, 12, 12, 12, 12])
    whole = found.whole
    assert whole.value.tolist() == [0, 1100, 1100, 1100, 600, 600, 600, 600, 600, 600]
    assert (whole.paid_in[1], whole.paid_out[4], whole.income[3]) == (1010, 590, 50)
    assert whole.franking[3] == pytest.approx(21.43, abs=0.005)
    # 1100/1010, then (1100 + 50)/1100 on the ex-date, then (600 + 590)/1100.
    by_time = time_weighted(whole)
    assert by_time.price == pytest.approx(1100 / 1010 * 1190 / 1100 - 1)
    assert by_time.total == pytest.approx(1100 / 1010 * 1150 / 1100 * 1190 / 1100 - 1)
    assert by_time == times_weighted(found.held)[0]
    assert found.gaps(DAYS[0], DAYS[-1]) == []


def test_a_missing_bar_carries_the_last_real_close_and_is_counted() -> None:
    found = made([buy("2025-03-04", "10", "5")], XYZ=[5, 5, NONE, NONE, 6, NONE, 6, 6, 6, 6])
    assert found.whole.value.tolist() == [0, 50, 50, 50, 60, 60, 60, 60, 60, 60]
    (gap,) = found.gaps(DAYS[0], DAYS[-1])
    assert (gap.code, gap.sessions, gap.close_of) == ("XYZ", 3, DAYS[4])
    (early,) = found.gaps(DAYS[0], DAYS[3])
    assert (early.sessions, early.close_of) == (2, DAYS[1])


def test_what_has_no_price_yet_is_in_no_figure_and_comes_in_at_its_first_close() -> None:
    lines = [buy("2025-03-04", "10", "5"), buy("2025-03-04", "10", "5", code="NEW")]
    found = made(lines, XYZ=flat(5), NEW=[NONE] * 4 + [8.0] * 5 + [9.0])
    assert found.whole.value.tolist() == [0, 50, 50, 50, *[130] * 5, 140]
    assert time_weighted(found.whole).price == pytest.approx(140 / 130 - 1)
    assert found.unpriced(DAYS[0], DAYS[-1]) == {"NEW": 3}
    never = made(lines, XYZ=flat(5), NEW=flat(NONE))
    assert (never.whole.value[-1], never.unpriced(DAYS[0], DAYS[-1])) == (50, {"NEW": 9})


def test_a_split_is_no_return_even_over_a_missing_bar() -> None:
    lines = [buy("2025-03-04", "10", "8"), line(Kind.SPLIT, "2025-03-06", ratio="4")]
    found = made(lines, XYZ=[8, 8, 8, NONE, 2, 2, 2, 2, 2, 2.2])
    assert found.whole.value.tolist() == [0, *[80] * 8, 88]
    assert time_weighted(found.whole).price == pytest.approx(0.1)
    unpriced = made(lines, XYZ=[NONE, NONE, NONE, 2, 2, 2, 2, 2, 2, 2.2])
    assert time_weighted(unpriced.whole).price == pytest.approx(0.1)


def test_a_return_of_capital_is_price_and_a_plans_units_are_bought_with_their_dividend() -> None:
    # $0.50 of $5.00 comes back; then $45 of dividend buys 10 units at $4.50.
    lines = [
        buy("2025-03-04", "100", "5"),
        line(Kind.RETURN_OF_CAPITAL, "2025-03-06", price="0.5"),
        line(Kind.DRP, "2025-03-12", quantity="10", price="4.5", amount="45", ex_date=date(2025, 3, 10)),
        line(Kind.AMIT, "2025-03-13", amount="-3"),
    ]
    found = made(lines, XYZ=[5, 5, 5, *[4.5] * 7])
    by_time = time_weighted(found.whole)
    assert by_time.price == pytest.approx(0)
    assert by_time.total == pytest.approx(45 / 450)
    assert found.whole.value[-1] == 495


def test_renamed_and_demerged_units_move_between_codes_and_not_through_the_whole() -> None:
    lines = [
        buy("2025-03-04", "100", "10", code="OLD"),
        line(Kind.CODE_CHANGE, "2025-03-06", "OLD", into="NOW"),
        line(Kind.DEMERGER, "2025-03-11", "NOW", into="KID", ratio="0.5", cost_share="0.2"),
    ]
    found = made(
        lines,
        OLD=[10, 10, 11, *[NONE] * 7],
        NOW=[NONE] * 3 + [12, 12, 12, 9, 9, 9, 9],
        KID=[NONE] * 6 + [6, 6, 6, 7.0],
    )
    assert found.whole.value.tolist() == [0, 1000, 1100, 1200, 1200, 1200, 1200, 1200, 1200, 1250]
    assert (found.whole.paid_in.sum(), found.whole.paid_out.sum()) == (1000, 0)
    assert time_weighted(found.whole).price == pytest.approx(0.25)
    by_code = dict(zip(found.codes, [r.price for r in times_weighted(found.held)], strict=True))
    assert by_code == pytest.approx({"OLD": 0.1, "NOW": 12 / 11 - 1, "KID": 7 / 6 - 1})


def test_a_rename_that_only_one_side_has_prices_for_leaves_or_enters_the_whole() -> None:
    lines = [
        buy("2025-03-04", "100", "10", code="OLD"),
        line(Kind.CODE_CHANGE, "2025-03-06", "OLD", into="NOW"),
    ]
    lost = made(lines, OLD=[10, 10, 11, *[NONE] * 7], NOW=flat(NONE))
    assert (lost.whole.value[-1], lost.whole.paid_out[3]) == (0, 1100)
    assert time_weighted(lost.whole).price == pytest.approx(0.1)
    come = made(lines, OLD=flat(NONE), NOW=[NONE] * 3 + [12.0] * 6 + [15.0])
    assert (come.whole.paid_in.sum(), time_weighted(come.whole).price) == (1200, pytest.approx(0.25))


def test_opening_units_count_from_their_close_whatever_they_cost() -> None:
    opening = line(Kind.OPENING, "2025-03-04", quantity="10", amount="1")
    found = made([opening], XYZ=[5, 6, *[6.0] * 7, 9])
    assert (found.whole.paid_in[1], time_weighted(found.whole).price) == (60, pytest.approx(0.5))


def test_units_that_no_line_bought_bring_no_return() -> None:
    lines = [buy("2025-03-04", "10", "5"), sell("2025-03-07", "40", "5", "4")]
    found = made(lines, XYZ=flat(5))
    assert (found.whole.paid_out[4], found.units[-1, 0]) == (49, 0)


def test_a_dividend_without_an_ex_date_counts_while_units_were_held() -> None:
    lines = [
        buy("2025-03-04", "10", "5"),
        sell("2025-03-06", "10", "5"),
        line(Kind.DIVIDEND, "2025-03-12", amount="2"),
        line(Kind.DIVIDEND, "2025-03-12", "ZZZ", amount="1"),
    ]
    found = made(lines, XYZ=flat(5), ZZZ=flat(1))
    assert found.held.income[3].tolist() == [2, 0]
    assert time_weighted(found.whole).total == pytest.approx(0.04)


def test_weekend_lines_count_on_monday_and_later_ones_are_counted_apart() -> None:
    lines = [
        buy("2025-03-08", "10", "5"),
        buy("2025-04-01", "10", "5"),
        line(Kind.FEE, "2025-03-08", None, amount="3"),
        line(Kind.INTEREST, "2025-03-10", None, amount="1"),
    ]
    flows = lay(lines, DAYS)
    assert (flows.units[:, 0].tolist(), flows.late) == ([0] * 5 + [10] * 5, 1)
    assert flows.fees.sum() == 3


def test_rows_of_closes_become_a_matrix_and_strange_days_are_left_out() -> None:
    on = np.array(["2025-03-03", "2025-03-04", "2025-03-08", "2025-04-01"], "datetime64[D]")
    found = closes_of(DAYS[:3], np.array([0, 1, 0, 0]), on, np.array([1.0, 2.0, 3.0, 4.0]), 2)
    np.testing.assert_array_equal(found, [[1, NONE], [NONE, 2], [NONE, NONE]])


_KINDS = st.sampled_from(["buy", "buy", "sell", "dividend", "split", "drp"])


@st.composite
def ledgers(draw: st.DrawFn) -> list[Transaction]:
    """Trades, dividends and splits of two codes over DAYS; what is sold may be more than is held."""
    found: list[Transaction] = []
    for number in range(draw(st.integers(1, 25))):
        on, code = draw(st.sampled_from(DAYS[1:])), draw(st.sampled_from(["AAA", "BBB"]))
        units, price = Decimal(draw(st.integers(1, 500))), Decimal(draw(st.integers(100, 900))) / 100
        said: dict[str, object] = {
            "buy": {"quantity": units, "amount": units * price, "brokerage": Decimal("9.50")},
            "sell": {"quantity": units, "amount": units * price},
            "dividend": {"amount": units},
            "split": {"ratio": Decimal(2)},
            "drp": {"quantity": units, "amount": units * price, "price": price},
        }
        kind = draw(_KINDS)
        found.append(line(Kind(kind), on.isoformat(), code, id=f"{number:03d}", **said[kind]))  # pyright: ignore[reportCallIssue, reportArgumentType]
    return found


@given(ledgers(), st.integers(0, 2**32 - 1))
def test_units_are_the_books_on_every_day_and_the_rate_is_pyxirrs(lines: list[Transaction], seed: int) -> None:
    width = len(codes_of(lines))
    closes = np.random.default_rng(seed).uniform(1, 9, (len(DAYS), width)).round(2)
    found = history(lay(lines, DAYS), closes)
    for row, day in enumerate(DAYS):
        book = replay(lines, until=day)
        held = [float(book.quantity(code)) for code in found.codes]
        assert found.units[row] == pytest.approx(held)
        worth = sum(round(units * close + 1e-7, 2) for units, close in zip(held, closes[row], strict=True))
        assert found.whole.value[row] == pytest.approx(worth, abs=0.011 * width)
    rate = money_weighted(found.whole.flows).rate
    assume(rate is not None)
    # Every line as its owner's bank saw it; what was sold without having been bought is no flow of these holdings.
    assume(not replay(lines).shortfalls)
    bank = [(t.on, _signed(t)) for t in lines if t.kind is not Kind.SPLIT]
    bank.append((DAYS[-1], float(found.whole.value[-1])))
    theirs = xirr([day for day, _ in bank], [amount for _, amount in bank])
    assume(theirs is not None)
    assert rate == pytest.approx(theirs, rel=1e-6)


def _signed(said: Transaction) -> float:
    amount = float(said.amount or 0)
    match said.kind:
        case Kind.BUY:
            return -amount - float(said.brokerage)
        case Kind.DRP:
            # The dividend and what it bought.
            return 0.0
        case _:
            return amount
