"""Franking credits and the 45-day rule. Worked numbers: the project's tax rules, from ATO guidance."""

from datetime import date
from decimal import Decimal

import pytest

from asxos.domain.ledger.book import replay
from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.domain.money import cents
from asxos.domain.tax.franking import (
    BASE_RATE,
    clear_days,
    credits_of_year,
    franking_credit,
    safe_sale_from,
    units_at_risk,
)
from asxos.domain.tax.rules import Entity, pack_for
from tests.domain.ledger.lines import buy, line, sell


def test_credit_is_the_tax_on_the_franked_part() -> None:
    assert franking_credit(Decimal(70)) == 30
    assert franking_credit(Decimal(75), BASE_RATE) == 25
    # $1.00 franked 60 %: 25.714 cents.
    assert round(franking_credit(Decimal("0.60")), 5) == Decimal("0.25714")


def test_clear_days_leave_out_the_days_of_acquisition_and_disposal() -> None:
    bought = date(2026, 4, 1)
    assert safe_sale_from(bought) == date(2026, 5, 17)
    assert clear_days(bought, date(2026, 5, 20)) == 48
    assert clear_days(bought, safe_sale_from(bought)) == 45


EX = date(2026, 4, 10)


@pytest.mark.parametrize(
    ("lines", "held", "passed"),
    [
        ([buy("2026-04-01", "100", "10")], 100, 100),
        ([buy("2026-04-01", "100", "10"), sell("2026-05-16", "100", "10")], 100, 0),
        ([buy("2026-04-01", "100", "10"), sell("2026-05-17", "100", "10")], 100, 100),
        # Last in, first out, whatever the investor sells for capital gains: the 50 new ones go.
        ([buy("2024-01-02", "100", "10"), buy("2026-04-01", "50", "10"), sell("2026-04-20", "50", "10")], 150, 100),
        # What was bought after the ex-date goes before what was entitled.
        ([buy("2026-04-01", "100", "10"), buy("2026-04-20", "60", "10"), sell("2026-04-30", "60", "10")], 100, 100),
        # Bought on the ex-date: not entitled.
        ([buy("2026-04-10", "100", "10")], 0, 0),
        # A split in between rescales both.
        ([buy("2024-01-02", "50", "20"), line(Kind.SPLIT, "2025-01-02", ratio="2")], 100, 100),
    ],
)
def test_units_at_risk(lines: list[Transaction], held: int, passed: int) -> None:
    assert units_at_risk(replay(lines).movements, "XYZ", EX) == (held, passed)


def dividend(credit: str) -> Transaction:
    return line(Kind.DIVIDEND, "2026-05-01", amount="1000", ex_date=EX, franking_credit=credit)


def test_the_rule_is_asked_only_above_5000_of_credits_a_year() -> None:
    sold_soon = [buy("2026-04-01", "100", "10"), sell("2026-04-20", "100", "10")]
    pack = pack_for(Entity.INDIVIDUAL, EX, reform=True)
    for credit, allowed, is_tested in (("5000", 5000, False), ("5000.01", 0, True)):
        book = replay([*sold_soon, dividend(credit)])
        (found,) = credits_of_year(book.income, book.movements, pack)
        assert (found.allowed, found.is_tested) == (allowed, is_tested)


def test_a_fund_has_no_small_holder_exemption_and_loses_only_the_units_that_failed() -> None:
    lines = [buy("2024-01-02", "300", "10"), buy("2026-04-01", "100", "10"), sell("2026-04-20", "100", "10")]
    book = replay([*lines, dividend("400")])
    (found,) = credits_of_year(book.income, book.movements, pack_for(Entity.SUPER_FUND, EX, reform=True))
    assert (found.units, found.passed, cents(found.allowed)) == (400, 300, 300)


@pytest.mark.parametrize("held", [[], [buy("2026-04-01", "100", "10")]])
def test_what_cannot_be_tested_is_allowed_and_says_so(held: list[Transaction]) -> None:
    # Without units when it went ex, or without an ex-date, there is nothing to hold the rule against.
    paid = dividend("400") if not held else line(Kind.DIVIDEND, "2026-05-01", amount="1000", franking_credit="400")
    book = replay([*held, paid])
    (found,) = credits_of_year(book.income, book.movements, pack_for(Entity.SUPER_FUND, EX, reform=True))
    assert (found.allowed, found.is_tested) == (400, False)


def test_units_keep_their_days_through_a_change_of_code() -> None:
    lines = [buy("2026-04-01", "100", "10", code="OLD"), line(Kind.CODE_CHANGE, "2026-04-05", "OLD", into="XYZ")]
    assert units_at_risk(replay(lines).movements, "XYZ", EX) == (100, 100)
