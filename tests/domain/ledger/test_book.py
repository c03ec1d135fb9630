"""What lines do to parcels, cash and gains. Worked numbers: the project's tax rules."""

from datetime import date
from decimal import Decimal

import pytest

from asxos.domain.ledger.book import Reset, replay
from asxos.domain.ledger.facts import CgtEvent
from asxos.domain.ledger.parcels import Method
from asxos.domain.ledger.transactions import BadTransaction, Chosen, Kind
from tests.domain.ledger.lines import buy, line, sell


def test_return_of_capital_reduces_the_cost_base_and_its_excess_is_a_gain() -> None:
    fifty_cents = line(Kind.RETURN_OF_CAPITAL, "2026-01-05", price="0.50")
    book = replay([buy("2025-01-06", "1", "5.00"), fifty_cents])
    assert (book.cost_base("XYZ"), book.disposals) == (Decimal("4.50"), [])
    sixty_cents = line(Kind.RETURN_OF_CAPITAL, "2026-01-05", price="0.60")
    book = replay([buy("2025-01-06", "100", "0.40"), sixty_cents])
    assert book.cost_base("XYZ") == 0
    assert [(d.event, d.gain) for d in book.disposals] == [(CgtEvent.G1, 20)]


def test_demerger_shares_the_cost_base_and_keeps_the_date() -> None:
    # Wesfarmers and Coles, November 2018: 71.09 % and 28.91 %.
    split = line(Kind.DEMERGER, "2018-11-21", "WES", ratio="1", cost_share="0.2891", into="COL")
    book = replay([buy("2010-03-01", "1", "40.00", code="WES"), split])
    assert (book.cost_base("WES"), book.cost_base("COL")) == (Decimal("28.436"), Decimal("11.564"))
    assert book.parcels["COL"][0].acquired == date(2010, 3, 1)


def test_consolidation_keeps_the_cost_base() -> None:
    book = replay([buy("2020-01-06", "1000", "3"), line(Kind.CONSOLIDATION, "2021-01-06", ratio="0.1")])
    (parcel,) = book.parcels["XYZ"]
    assert (parcel.quantity, parcel.unit_cost, parcel.acquired) == (100, 30, date(2020, 1, 6))


def test_reinvested_dividend_is_income_and_a_parcel_and_its_residual_is_carried() -> None:
    drp = line(Kind.DRP, "2026-03-30", quantity="2", price="31.20", amount="70", franked="70")
    book = replay([buy("2025-01-06", "100", "30"), drp])
    assert [(i.amount, i.franked, i.reinvested) for i in book.income] == [(70, 70, True)]
    assert book.parcels["XYZ"][1].cost_base == Decimal("62.40")
    assert book.residuals["XYZ"] == Decimal("7.60")
    assert book.cash == -3000


def test_amit_adjustment_is_shared_by_units_and_beyond_nil_is_a_gain() -> None:
    lines = [buy("2025-07-01", "100", "10"), buy("2025-08-01", "300", "10")]
    book = replay([*lines, line(Kind.AMIT, "2026-06-30", amount="-40")])
    assert [p.cost_base for p in book.parcels["XYZ"]] == [990, 2970]
    book = replay([*lines, line(Kind.AMIT, "2026-06-30", amount="-4400")])
    assert [(d.event, d.gain) for d in book.disposals] == [(CgtEvent.E10, 100), (CgtEvent.E10, 300)]


def test_change_of_code_takes_parcels_along() -> None:
    change = line(Kind.CODE_CHANGE, "2022-06-01", "WPL", into="WDS")
    book = replay([buy("2020-01-06", "10", "20", code="WPL"), change])
    assert (book.codes, book.cost_base("WDS")) == (["WDS"], 200)


def test_an_adjustment_leaves_an_unknown_cost_unknown() -> None:
    lines = [line(Kind.OPENING, "2024-07-01", quantity="10"), line(Kind.AMIT, "2026-06-30", amount="-40")]
    book = replay(lines)
    assert (book.cost_base("XYZ"), book.disposals) == (None, [])


def test_market_value_begins_anew_also_where_nothing_was_done_since() -> None:
    day = date(2027, 6, 30)
    held = buy("2020-01-06", "10", "20")
    book = replay([held], reset=Reset(day, {"XYZ": Decimal(50)}))
    (parcel,) = book.parcels["XYZ"]
    assert (parcel.cost_base, parcel.deferred, parcel.reset_on) == (500, 300, day)
    assert replay([held], until=date(2027, 6, 29), reset=Reset(day, {})).cost_base("XYZ") == 200


def test_a_parcel_chosen_in_part_and_then_taken_by_the_method_is_one_disposal() -> None:
    own = sell("2026-01-05", "100", "30", chosen=(Chosen("a", Decimal(60)),))
    (disposal,) = replay([buy("2023-01-03", "100", "20", id="a"), own]).disposals
    assert (disposal.quantity, disposal.cost_base, disposal.proceeds) == (100, 2000, 3000)


def test_own_selection_comes_before_the_method_and_keeps_its_reason() -> None:
    first, second = buy("2023-01-03", "100", "20", id="a"), buy("2024-01-03", "100", "25", id="b")
    own = sell("2026-01-05", "100", "30", chosen=(Chosen("b", Decimal(60)),), reason="keep the old ones")
    book = replay([first, second, own], Method.FIFO)
    assert [(d.parcel, d.quantity, d.method, d.reason) for d in book.disposals] == [
        ("b", 60, Method.OWN, "keep the old ones"),
        ("a", 40, Method.OWN, "keep the old ones"),
    ]


def test_cash_follows_every_line() -> None:
    lines = [
        line(Kind.CASH_IN, "2025-01-02", None, amount="10000"),
        buy("2025-01-06", "100", "50", "19.95"),
        line(Kind.DIVIDEND, "2025-03-31", amount="120"),
        sell("2025-04-01", "50", "60", "19.95"),
        line(Kind.FEE, "2025-05-01", None, amount="15"),
        line(Kind.INTEREST, "2025-06-30", None, amount="3.21"),
        line(Kind.CASH_OUT, "2025-06-30", None, amount="1000"),
    ]
    book = replay(lines)
    assert book.cash == Decimal("10000") - Decimal("5019.95") + 120 + Decimal("2980.05") - 15 + Decimal("3.21") - 1000
    assert book.tracks_cash


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": "0", "amount": "1"}, "quantity"),
        ({"quantity": "-5", "amount": "1"}, "quantity"),
        ({"quantity": "NaN", "amount": "1"}, "quantity"),
        ({"quantity": "Infinity", "amount": "1"}, "quantity"),
        ({"quantity": "1", "amount": "-1"}, "amount"),
        ({"quantity": "1", "amount": "1", "brokerage": "-1"}, "brokerage"),
        ({"quantity": "1"}, "amount"),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_field(values: dict[str, str], field: str) -> None:
    with pytest.raises(BadTransaction) as refused:
        line(Kind.BUY, "2025-01-06", **values)
    assert refused.value.field == field


@pytest.mark.parametrize("share", ["-0.1", "1.1"])
def test_a_share_of_the_cost_base_is_a_fraction(share: str) -> None:
    with pytest.raises(BadTransaction, match="cost_share must be a fraction"):
        line(Kind.DEMERGER, "2025-01-06", ratio="1", cost_share=share, into="NEW")


def test_cash_lines_have_no_code_and_others_need_one() -> None:
    with pytest.raises(BadTransaction, match="code is missing"):
        line(Kind.DIVIDEND, "2025-01-06", None, amount="1")
    with pytest.raises(BadTransaction, match="no place"):
        line(Kind.FEE, "2025-01-06", "XYZ", amount="1")
