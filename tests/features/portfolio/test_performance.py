"""What a portfolio earned, over HTTP, in a small market of real prices."""

from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from asxos.bootstrap import System
from asxos.core.owners import LOCAL
from asxos.features.market.services import IngestService, MarketService, ReferenceService
from asxos.features.portfolio.repositories import UnknownPortfolio
from asxos.features.portfolio.services import LedgerService, PerformanceService
from tests.features.market.conftest import Frames
from tests.features.market.test_ingest import on
from tests.features.portfolio.conftest import DAYS
from tests.features.portfolio.test_importing import BHP, CBA, HEAD
from tests.features.portfolio.test_routes import made, upload


async def measured(client: AsyncClient, id: int, **query: str) -> dict[str, Any]:
    answer = await client.get(f"/portfolios/{id}/performance", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def enter(client: AsyncClient, id: int, **line: str) -> None:
    answer = await client.post(f"/portfolios/{id}/transactions", json=line)
    assert answer.status_code == 201, answer.text


async def test_returns_are_told_in_price_income_and_franking_with_their_methods(client: AsyncClient) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP + CBA)
    await enter(
        client, id, kind="dividend", on="2024-12-24", code="BHP", amount="70", franked="70", ex_date="2024-12-19"
    )
    await enter(client, id, kind="sell", on="2024-12-27", code="CBA", quantity="10", amount="1500", brokerage="9.50")
    await enter(client, id, kind="fee", on="2024-12-27", amount="4.40")
    body = await measured(client, id)
    whole = body["whole"]
    assert (whole["first"], whole["last"]) == ("2024-12-16", "2024-12-30")
    # 4,009.50 and 1,509.50 were paid; 1,490.50 came back; 100 BHP at $41 are left.
    assert whole["amounts"] == {
        "start": "0.00",
        "end": "4100.00",
        "paid_in": "5519.00",
        "paid_out": "1490.50",
        "price_gain": "71.50",
        "income": "70.00",
        "franking": "30.00",
    }
    by_time = whole["time_weighted"]
    # By day: 4000/4009.50 on the 17th; 5500/5509.50 on the 18th; income of 70 on 5500; 5490.50/5500 on the 27th; 41/40.
    chain = 4000 / 4009.5 * (5500 / 5509.5) * (5490.5 / 5500) * (41 / 40)
    assert by_time["price"] == pytest.approx(chain - 1)
    assert by_time["total"] == pytest.approx(chain * 5570 / 5500 - 1)
    assert by_time["with_franking"] == pytest.approx(chain * 5600 / 5500 - 1)
    assert by_time["price"] + by_time["income"] + by_time["franking"] == pytest.approx(by_time["with_franking"])
    assert "daily returns chained" in by_time["method"]
    by_money = whole["money_weighted"]
    assert ("internal rate" in by_money["method"], by_money["annualised"], by_time["annualised"]) == (True, None, None)
    assert by_money["total"] == pytest.approx(141.5 / 5519, abs=0.01)
    assert [(h["code"], h["is_held"], h["amounts"]["price_gain"]) for h in body["holdings"]] == [
        ("BHP.AX", True, "90.50"),
        ("CBA.AX", False, "-19.00"),
    ]
    assert body["account_fees"] == "4.40"
    series = body["series"]
    assert series["days"][0] == "2024-12-16"
    assert series["value"][:4] == ["0.00", "4000.00", "5500.00", "5500.00"]
    assert series["index"][-1] == pytest.approx(1 + by_time["total"])
    held = (await client.get(f"/portfolios/{id}/holdings")).json()
    assert held["value"] == whole["amounts"]["end"]


async def test_a_period_starts_from_the_close_before_it(client: AsyncClient) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP)
    body = await measured(client, id, **{"from": "2024-12-30", "to": "2024-12-30"})
    assert (body["whole"]["first"], body["whole"]["amounts"]["start"]) == ("2024-12-27", "4000.00")
    assert body["whole"]["time_weighted"]["price"] == pytest.approx(0.025)
    assert body["drawdown"]["depth"] == 0


async def test_missing_prices_are_counted_and_named(client: AsyncClient) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP + BHP.replace("BHP,", "OLD,").replace("T1", "T3"))
    await upload(client, id, HEAD + BHP.replace("BHP,", "NEWCO,").replace("T1", "T4"))
    body = await measured(client, id)
    # OLD has bars of the 17th and 18th; six sessions came after.
    assert body["carried"] == [{"code": "OLD.AX", "sessions": 6, "last_close": "2024-12-18"}]
    assert body["unpriced"] == [{"code": "NEWCO.AX", "sessions": 8}]
    assert body["whole"]["amounts"]["end"] == "4250.00"


async def test_the_index_with_dividends_is_the_benchmark_else_a_fund_else_the_reason(
    client: AsyncClient, system: System, tmp_path: Path
) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP)
    none = (await measured(client, id))["benchmark"]
    assert (none["total"], "IOZ.AX" in none["reason"]) == (None, True)
    # given the fund that follows the index: 30.00 to 31.20 with a dividend of 0.30
    days = [DAYS[0].replace(day=13), DAYS[0].replace(day=16), *DAYS]
    fund = on(days, [30.0] * 9 + [31.2], "IOZ.AX")
    await system.service(IngestService).ingest(Frames([fund]))
    system.service(MarketService).forget()
    path = tmp_path / "dividends_IOZ.csv"
    path.write_text("ex_date,amount,franked\n2024-12-19,0.30,80\n")
    await system.service(ReferenceService).ingest_actions(path)
    found = (await measured(client, id))["benchmark"]
    assert found["total"] == pytest.approx(1.01 * 1.04 - 1)
    assert (found["name"], "reinvested" in found["method"]) == ("iShares Core S&P/ASX 200 ETF (IOZ.AX)", True)
    # given the index itself, first for too few days and then for all
    levels = tmp_path / "XJO.csv"
    levels.write_text("date,total return\n2024-12-19,100\n2024-12-30,103\n")
    await system.service(ReferenceService).ingest_index(levels)
    assert "IOZ" in (await measured(client, id))["benchmark"]["name"]
    levels.write_text("date,total return\n2024-12-16,100\n")
    await system.service(ReferenceService).ingest_index(levels)
    body = await measured(client, id)
    assert body["benchmark"]["name"] == "S&P/ASX 200 Accumulation"
    assert (body["benchmark"]["total"], body["benchmark"]["until"]) == (pytest.approx(0.03), "2024-12-30")
    total = body["whole"]["time_weighted"]["total"]
    assert body["benchmark"]["difference"] == pytest.approx(total - 0.03)


async def test_a_dividend_gets_its_ex_date_and_franking_from_the_market(
    client: AsyncClient, system: System, tmp_path: Path
) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP)
    path = tmp_path / "dividends_BHP.csv"
    path.write_text("ex_date,amount,franked\n2024-12-19,0.70,100\n")
    await system.service(ReferenceService).ingest_actions(path)
    await enter(client, id, kind="dividend", on="2024-12-27", code="BHP", amount="70")
    body = await measured(client, id)
    assert (body["series"]["income"][3], body["series"]["franking"][3]) == ("70.00", "30.00")
    assert body["notes"] == ["1 dividends have their ex-date or franking from the market, not from a statement"]


async def test_a_dividend_that_the_ledger_lacks_is_named_and_counted_nowhere(
    client: AsyncClient, system: System, tmp_path: Path
) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP.replace("2024-12-17", "2024-01-10"))
    path = tmp_path / "dividends_BHP.csv"
    path.write_text("ex_date,amount,franked\n2024-03-07,1.10,100\n")
    await system.service(ReferenceService).ingest_actions(path)
    body = await measured(client, id)
    assert body["unrecorded_dividends"] == [{"code": "BHP.AX", "ex_date": "2024-03-07", "amount": "110.00"}]
    assert body["notes"] == ["1 dividends that went ex while held are not in the ledger, A$110.00 in all"]
    assert body["whole"]["amounts"]["income"] == "0.00"


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ({"from": "2024-12-30", "to": "2024-12-17"}, 422, "from 2024-12-30 is after to 2024-12-17"),
        ({"to": "2024-12-01"}, 404, "no session with prices"),
        ({"from": "20241230"}, 422, "2024-06-28"),
    ],
)
async def test_a_period_without_sessions_is_one_clear_problem(
    client: AsyncClient, query: dict[str, str], status: int, says: str
) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP)
    answer = await client.get(f"/portfolios/{id}/performance", params=query)
    assert (answer.status_code, says in answer.json()["detail"]) == (status, True)


async def test_an_empty_or_a_later_ledger_has_no_history(client: AsyncClient) -> None:
    id = await made(client)
    answer = await client.get(f"/portfolios/{id}/performance")
    assert (answer.status_code, "no lines of shares yet" in answer.json()["detail"]) == (404, True)


async def test_nobody_measures_another_owners_portfolio(client: AsyncClient, system: System) -> None:
    other = await system.service(LedgerService).find_or_create("somebody", "Theirs")
    assert (await client.get(f"/portfolios/{other.id}/performance")).status_code == 404
    with pytest.raises(UnknownPortfolio):
        await system.service(PerformanceService).measure(LOCAL, other.id)
