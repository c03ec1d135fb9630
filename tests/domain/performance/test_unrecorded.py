"""Dividends a ledger lacks, by hand-computed cases."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest

from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.domain.performance.flows import lay
from asxos.domain.performance.unrecorded import Unrecorded, unrecorded
from tests.domain.ledger.lines import buy, line, sell

DAYS = [date(2025, 1, 1) + timedelta(n) for n in range(365)]


@dataclass(frozen=True)
class Fact:
    ex_date: date
    amount: Decimal | None = Decimal("0.50")
    franked: float | None = None


def missed(*more: Transaction, fact: Fact) -> list[Unrecorded]:
    lines = [buy("2025-02-03", "100", "10"), sell("2025-05-01", "60", "10"), *more]
    return unrecorded(lay(lines, DAYS), lines, {"XYZ": [fact]})


@pytest.mark.parametrize(
    ("ex_date", "amount"),
    [
        (date(2025, 2, 3), None),  # bought on its ex-date: not entitled
        (date(2025, 3, 3), 50.0),
        (date(2025, 5, 1), 50.0),  # sold on it: still entitled
        (date(2025, 5, 2), 20.0),
        (date(2025, 12, 1), None),  # may not be paid yet
        (date(2024, 12, 1), None),
    ],
)
def test_what_was_held_into_the_ex_date_counts(ex_date: date, amount: float | None) -> None:
    expected = [] if amount is None else [Unrecorded("XYZ", ex_date, amount)]
    assert missed(fact=Fact(ex_date)) == expected


def test_a_dividend_in_the_ledger_is_not_missed() -> None:
    fact = Fact(date(2025, 3, 3))
    assert missed(line(Kind.DIVIDEND, "2025-03-28", amount="50"), fact=fact) == []
    assert missed(line(Kind.DIVIDEND, "2025-03-28", amount="50", ex_date=date(2025, 3, 4)), fact=fact) == []
    other = line(Kind.DIVIDEND, "2025-03-28", amount="50", ex_date=date(2025, 2, 14))
    assert len(missed(other, fact=fact)) == 1
    assert missed(fact=Fact(date(2025, 3, 3), amount=None)) == []
