from csv import DictReader
from pathlib import Path

import pytest

from asxos.domain.bars.sectors import SECTORS, sector_of


@pytest.mark.parametrize(
    ("group", "sector"),
    [
        ("Metals & Mining - Diversified Metals & Mining", "Materials"),
        ("SUB-INDUSTRY: DIVERSIFIED FINANCIALS - Consumer Finance", "Financials"),
        ("Construction Materials", "Materials"),
        ("Capital Goods", "Industrials"),
        ("Equity Real Estate Investment Trusts (REITs)", "Real Estate"),
        ("Oil, Gas & Consumable Fuels", "Energy"),
        ("Independent Power Producers & Energy Traders", "Utilities"),
        ("Pharmaceuticals, Biotechnology & Life Sciences", "Health Care"),
        ("Media & Entertainment", "Communication Services"),
        ("Food & Staples Retailing", "Consumer Staples"),
        ("Automobile & Components", "Consumer Discretionary"),
        ("GICS:402030", "Financials"),
        ("GICS:551050", "Utilities"),
        ("GICS:990000", None),
        ("Health Care", "Health Care"),
        ("Exchange Traded Funds", None),
        ("Not Applic", None),
        ("", None),
        (None, None),
    ],
)
def test_an_industry_group_belongs_to_a_sector(group: str | None, sector: str | None) -> None:
    assert sector_of(group) == sector


def test_there_are_eleven() -> None:
    assert len(SECTORS) == 11
    assert all(sector_of(sector) == sector for sector in SECTORS)


def test_every_group_ever_printed_has_a_sector_or_is_a_fund(shared_data: Path) -> None:
    with (shared_data / "gics_history_2009_2015.csv").open() as file:
        groups = {row["gics_group"] for row in DictReader(file)}
    without = {group for group in groups if sector_of(group) is None}
    assert all("fund" in group.casefold() or group == "Unclassified" for group in without), without
