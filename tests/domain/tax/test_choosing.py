"""Whole ledgers with least tax: never more than any other method, and the worked numbers of TD 33."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asxos.domain.ledger.book import replay
from asxos.domain.ledger.parcels import Method
from asxos.domain.ledger.transactions import Chosen, Kind, Transaction
from asxos.domain.tax.choosing import with_least_tax
from asxos.domain.tax.cpi import Cpi, quarter_end
from asxos.domain.tax.gains import gains_of_year
from asxos.domain.tax.rules import Entity, FinancialYear, RulePack, pack_for
from tests.domain.ledger.lines import buy, line, sell

YEAR = FinancialYear(2026)


def pack_of(year: FinancialYear) -> RulePack:
    return pack_for(Entity.INDIVIDUAL, year.last, reform=True)


def taxable(lines: list[Transaction], method: Method = Method.FIFO) -> Decimal:
    return gains_of_year(replay(lines, method).disposals, YEAR, pack_of(YEAR)).net_capital_gain


PARCELS = [buy("2023-05-01", "100", "20"), buy("2025-02-03", "100", "22"), buy("2026-01-05", "100", "25")]


def test_td_33() -> None:
    found = with_least_tax([*PARCELS, sell("2026-03-01", "100", "30")], pack_of)
    assert taxable(list(found.lines)) == 400
    assert found.proofs[YEAR].net_capital_gain == pytest.approx(400)
    (disposal,) = replay(found.lines).disposals
    assert (disposal.method, disposal.reason) == (Method.OWN, "least tax of the financial year")


def test_a_loss_elsewhere_in_the_year_changes_the_choice() -> None:
    loss = [buy("2025-08-01", "100", "10", code="BAD"), sell("2026-02-02", "100", "7", code="BAD")]
    found = with_least_tax([*PARCELS, *loss, sell("2026-03-01", "100", "30")], pack_of)
    # 300 of losses: parts of two parcels leave 160 (60 x $5 used up, 40 x $8 halved).
    assert taxable(list(found.lines)) == 160


def test_the_investors_own_choice_is_kept() -> None:
    first = buy("2023-05-01", "100", "20", id="mine")
    own = sell("2026-03-01", "100", "30", chosen=(Chosen("mine", Decimal(100)),), reason="old ones first")
    found = with_least_tax([first, *PARCELS[1:], own], pack_of)
    assert [d.reason for d in replay(found.lines).disposals] == ["old ones first"]


def test_what_cannot_be_chosen_for_is_left_as_it_is() -> None:
    unknown = [line(Kind.OPENING, "2024-07-01", quantity="10"), sell("2026-03-01", "5", "30")]
    short = [buy("2024-07-01", "10", "5", code="ABC"), sell("2026-03-01", "50", "30", code="ABC")]
    found = with_least_tax([*unknown, *short], pack_of)
    assert found.proofs == {}


def test_sales_that_only_together_are_too_many_are_left_as_they_are() -> None:
    lines = [buy("2024-07-01", "100", "5"), sell("2026-02-02", "80", "9"), sell("2026-03-02", "80", "9")]
    found = with_least_tax(lines, pack_of)
    assert found.proofs == {}
    assert [s.quantity for s in replay(found.lines).shortfalls] == [60]


trades = st.lists(
    st.tuples(st.booleans(), st.integers(0, 900), st.integers(1, 50), st.integers(1, 60)), min_size=2, max_size=10
)


@settings(max_examples=40)
@given(trades)
def test_no_method_pays_less(made: list[tuple[bool, int, int, int]]) -> None:
    first = date(2023, 9, 1).toordinal()
    lines = [
        (buy if is_buy else sell)(date.fromordinal(first + day).isoformat(), str(units), str(price))
        for is_buy, day, units, price in made
    ]
    book = replay(lines)
    years = {FinancialYear.of(t.on) for t in lines if t.kind is Kind.SELL}
    if book.shortfalls or len(years) != 1:
        return
    (year,) = years
    best = gains_of_year(replay(with_least_tax(lines, pack_of).lines).disposals, year, pack_of(year))
    for method in (Method.FIFO, Method.LIFO, Method.HIGHEST_COST):
        other = gains_of_year(replay(lines, method).disposals, year, pack_of(year))
        assert best.net_capital_gain <= other.net_capital_gain + Decimal("0.01")


def test_indexation_is_by_quarters_to_three_decimals() -> None:
    cpi = Cpi({date(2027, 9, 30): Decimal("150.0"), date(2029, 12, 31): Decimal("161.3")})
    assert cpi.factor(date(2027, 7, 1), date(2029, 12, 10)) == Decimal("1.075")
    assert cpi.factor(date(2027, 7, 1), date(2030, 1, 1)) is None
    assert quarter_end(date(2024, 2, 29)) == date(2024, 3, 31)
    assert quarter_end(date(2024, 6, 30)) == date(2024, 6, 30)
