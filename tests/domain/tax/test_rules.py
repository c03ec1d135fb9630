"""Dates and rates. Worked numbers: the project's tax rules, from ITAA 1997 Division 115 and ATO guidance."""

from datetime import date

import pytest

from asxos.domain.tax.rules import Entity, FinancialYear, discount_from, is_held_a_year, pack_for


@pytest.mark.parametrize(
    ("acquired", "first"),
    [
        (date(2001, 2, 2), date(2002, 2, 3)),
        (date(2024, 8, 1), date(2025, 8, 2)),
        (date(2024, 2, 29), date(2025, 3, 1)),
        (date(2023, 2, 28), date(2024, 2, 29)),
        # The trap: 366 days after and still no discount, for 2024 had a leap day.
        (date(2024, 1, 10), date(2025, 1, 11)),
    ],
)
def test_discount_begins_the_day_after_the_anniversary(acquired: date, first: date) -> None:
    assert discount_from(acquired) == first
    assert not is_held_a_year(acquired, first.replace(day=first.day - 1) if first.day > 1 else date(2025, 2, 28))
    assert is_held_a_year(acquired, first)


def test_financial_year_follows_the_contract_date() -> None:
    # A sale on 30 June 2025 that settles on 2 July falls in 2024-25.
    assert str(FinancialYear.of(date(2025, 6, 30))) == "2024-25"
    assert str(FinancialYear.of(date(2025, 7, 1))) == "2025-26"
    assert date(2026, 6, 30) in FinancialYear(2026)
    assert date(2026, 7, 1) not in FinancialYear(2026)


@pytest.mark.parametrize(
    ("entity", "taxable"),
    [(Entity.INDIVIDUAL, "0.5"), (Entity.TRUST, "0.5"), (Entity.COMPANY, "1")],
)
def test_each_entity_has_its_discount(entity: Entity, taxable: str) -> None:
    assert str(1 - pack_for(entity, date(2026, 1, 1), reform=True).discount) == taxable


def test_the_reform_is_switchable_and_leaves_super_and_companies_alone() -> None:
    day = date(2027, 7, 1)
    assert pack_for(Entity.INDIVIDUAL, day, reform=True).indexes
    assert not pack_for(Entity.INDIVIDUAL, day, reform=False).indexes
    assert not pack_for(Entity.INDIVIDUAL, date(2027, 6, 30), reform=True).indexes
    assert not pack_for(Entity.SUPER_FUND, day, reform=True).indexes
    assert not pack_for(Entity.COMPANY, day, reform=True).indexes
