"""`asxos portfolio` as a person types it, over a small market."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.cli.test_cli import asxos, quiet_afterwards
from tests.features.portfolio.conftest import small_market
from tests.features.portfolio.test_importing import BHP, CBA, HEAD

__all__ = ["quiet_afterwards"]


@pytest.fixture
def portfolio_url(database_url: str, tmp_path: Path) -> str:
    """A database with the small market and a portfolio of BHP and CBA."""

    async def fill() -> None:
        async with small_market(database_url):
            pass

    asyncio.run(fill())
    file = tmp_path / "trades.csv"
    file.write_text(HEAD + BHP + CBA)
    assert asxos("portfolio", "import", str(file), url=database_url).exit_code == 0
    return database_url


def test_performance_is_printed_for_people_and_for_programs(portfolio_url: str) -> None:
    said = asxos("portfolio", "performance", url=portfolio_url).stdout
    assert "Portfolio from the close of 2024-12-16 to 2024-12-30" in said
    assert "No index to compare with" in said
    for method in ("daily returns chained", "internal rate of return"):
        assert method in said
    body = json.loads(asxos("portfolio", "performance", "--from", "2024-12-30", "--json", url=portfolio_url).stdout)
    # 100 BHP from $40 to $41 and 10 CBA from $150 to $147, on $5,500.
    assert body["whole"]["time_weighted"]["price"] == pytest.approx(70 / 5500)


def test_a_portfolio_that_is_not_there_is_one_line_on_stderr(portfolio_url: str) -> None:
    answer = asxos("portfolio", "performance", "--portfolio", "Nope", url=portfolio_url)
    assert (answer.exit_code, answer.stderr.strip()) == (2, "asxos: No portfolio 'Nope'")


def test_risk_is_printed_for_people_and_for_programs(portfolio_url: str) -> None:
    said = asxos("portfolio", "risk", url=portfolio_url).stdout
    assert "7 returns are too few" in said
    assert "As concentrated as 1.6 equal holdings" in said
    body = json.loads(asxos("portfolio", "risk", "--json", url=portfolio_url).stdout)
    assert [w["name"] for w in body["holdings"]] == ["BHP.AX", "CBA.AX"]
