"""Rebalancing over HTTP and from the command line, on real prices of a small market."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from httpx2 import ASGITransport, AsyncClient

from asxos.api import create_app
from asxos.bootstrap import System, build
from asxos.core.clock import FixedClock
from asxos.features.fundamentals.services import FactIngestService
from asxos.features.market.services import IngestService, MarketService
from asxos.features.signals.records import Signal
from tests.cli.test_cli import asxos
from tests.features.market.conftest import Frames, calendar, sessions
from tests.features.market.test_ingest import on
from tests.features.portfolio.conftest import NOW, market_of
from tests.features.portfolio.test_routes import made, upload
from tests.published import plain_settings

DAYS = [day for day in sessions(260) if day <= NOW.date()][-120:]
CODES = ("BHP.AX", "CBA.AX", "CSL.AX", "WES.AX")
HEAD = "ticker,shares,avg_cost,date_acquired\n"
HELD = HEAD + "BHP,900,25.00,2023-03-01\nBHP,900,60.00,2024-11-28\nCBA,100,40.00,2023-03-01\n"


def walk(seed: int, last: float) -> list[float]:
    """Closes that end at `last`."""
    steps = np.random.default_rng(seed).normal(0, 0.015, len(DAYS))
    path = np.exp(np.cumsum(steps))
    return [round(float(price), 2) for price in path / path[-1] * last]


@pytest.fixture
async def system(database_url: str) -> AsyncIterator[System]:
    """Four shares of A$40 with 120 sessions, NEW with 8; the ensemble has ranked three of them."""
    frames = [on(DAYS, walk(n, 40.0), code, volume=1_000_000) for n, code in enumerate(CODES)]
    frames.append(on(DAYS[-8:], [5.0] * 8, "NEW.AX", volume=1_000_000))

    def rank(ids: Mapping[str, int]) -> list[Signal]:
        return [
            Signal(ids[code], code, rank, 0.3, 0.5, expected, "HOLD", 0.5)
            for rank, (code, expected) in enumerate({"CSL.AX": 0.04, "CBA.AX": 0.0, "BHP.AX": -0.04}.items(), start=1)
        ]

    async with market_of(database_url, frames, rank) as built:
        yield built


async def held(client: AsyncClient, text: str = HELD, **wanted: Any) -> int:
    id = await made(client, **{"marginal_rate": "0.37", **wanted})
    assert (await upload(client, id, text))["refused"] == []
    return id


async def asked(client: AsyncClient, id: int, **wanted: Any) -> dict[str, Any]:
    answer = await client.post(f"/portfolios/{id}/rebalance", json=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_overweight_holding_is_sold_by_parcel_and_each_order_says_why(client: AsyncClient) -> None:
    id = await held(client)
    body = await asked(client, id, turnover=None)
    sale, purchase = body["orders"]
    assert (sale["symbol"], sale["side"], purchase["symbol"], purchase["side"]) == ("BHP.AX", "sell", "CBA.AX", "buy")
    # all of it from the parcel that cost A$60 a unit, none from the one that cost A$25
    assert [(p["acquired"], p["quantity"]) for p in sale["parcels"]] == [("2024-11-28", str(sale["quantity"]))]
    assert "at a loss of A$" in sale["reason"]
    assert "under 45 days at risk until 2025-01-13" in sale["reason"]
    assert (body["as_of"], body["on"], body["simulated"]) == ("2024-12-30", "2024-12-31", False)
    assert body["gap"] <= 0.001
    assert float(body["benefit"]) == pytest.approx(
        float(body["improvement"]) - float(body["cost"]) - float(body["tax"]), abs=0.02
    )
    assert float(body["cash"]["after"]) >= 0
    assert body["volatility"]["after"] < body["volatility"]["before"]
    assert body["distance"]["after"] < body["distance"]["before"]
    assert sum(w["target"] for w in body["weights"]) == pytest.approx(1)
    # nothing was stored, and asking by address gives the same
    assert (await client.get(f"/portfolios/{id}/transactions")).json()["total"] == 3
    again = (await client.get(f"/portfolios/{id}/rebalance", params={"turnover": 1.0})).json()
    assert again["orders"] == body["orders"]


async def test_what_is_expected_is_bought_from_the_best_ranked(client: AsyncClient) -> None:
    id = await held(client)
    body = await asked(client, id, target="expected", top=1, turnover=0.3, max_position=0.9)
    bought = [o["symbol"] for o in body["orders"] if o["side"] == "buy"]
    assert bought == ["CSL.AX"]
    assert body["signals_as_of"] == "2024-12-30"
    assert body["turnover"] <= 0.3
    assert max(w["after"] for w in body["weights"]) <= 0.9


async def test_calm_shares_weigh_more_by_inverse_volatility(client: AsyncClient) -> None:
    body = await asked(client, await held(client), target="inverse-volatility")
    assert sum(w["target"] for w in body["weights"]) == pytest.approx(1)
    assert all(0.3 < w["target"] < 0.7 for w in body["weights"])


async def test_what_cannot_be_judged_is_named_and_left_alone(client: AsyncClient) -> None:
    more = HELD + "NEW,1000,4.00,2024-12-20\nQQQQ,10,1.00,2024-01-10\nWES,50,40.00,2024-01-10\n"
    id = await held(client, more)
    alike = {left["symbol"]: left["reason"] for left in (await asked(client, id))["left_alone"]}
    assert alike == {"NEW.AX": "it has 7 returns, and its risk needs 60", "QQQQ.AX": "it has no price"}
    body = await asked(client, id, target="expected")
    reasons = {left["symbol"]: left["reason"] for left in body["left_alone"]}
    assert reasons["WES.AX"] == "the ensemble did not rank it"
    assert {w["symbol"] for w in body["weights"]} == {"BHP.AX", "CBA.AX"}


async def test_units_of_unknown_cost_are_not_sold(client: AsyncClient) -> None:
    text = HEAD + "BHP,900,,2023-03-01\nBHP,100,30.00,2023-03-01\nCBA,100,40.00,2023-03-01\n"
    body = await asked(client, await held(client, text), turnover=None)
    assert body["left_alone"][0]["reason"].startswith("1 of its parcels have no known cost")
    assert sum(o["quantity"] for o in body["orders"] if o["side"] == "sell") <= 100


async def test_cash_is_invested_and_the_rate_that_is_taken_is_said(client: AsyncClient) -> None:
    id = await made(client)
    body = await asked(client, id, cash="20000", top=3, turnover=None)
    assert {o["side"] for o in body["orders"]} == {"buy"}
    assert 0 <= float(body["cash"]["after"]) < 1000
    assert "No marginal tax rate is set: 47% is taken" in body["assumptions"]
    fund = await made(client, name="Fund", entity="super_fund")
    assert "15% is taken" in (await asked(client, fund, cash="5000", top=2))["assumptions"][0]


async def test_an_index_weighs_by_what_companies_are_worth(client: AsyncClient, system: System, tmp_path: Path) -> None:
    caps = tmp_path / "caps.csv"
    caps.write_text("symbol,as_of,known_at,market_cap\nBHP,2024-11-01,2024-11-01,3e9\nCBA,2024-11-01,2024-11-01,1e9\n")
    await system.service(FactIngestService).ingest(caps)
    body = await asked(client, await held(client), target="index")
    assert {w["symbol"]: w["target"] for w in body["weights"]} == {"BHP.AX": 0.75, "CBA.AX": 0.25}


@pytest.mark.parametrize(
    ("wanted", "detail"),
    [
        ({"target": "index"}, "nothing can be traded: BHP.AX: its market capitalisation is not known"),
        ({"max_position": 0.5, "turnover": 0.01}, "turnover 1.0%: max position 50.0% cannot be met with less than"),
        ({"turnover": "NaN"}, "body.turnover"),
        ({"turnover": -0.1}, "body.turnover"),
        ({"max_position": 0}, "body.max_position"),
        ({"min_benefit": -1}, "body.min_benefit"),
        ({"target": "moon"}, "body.target"),
        ({"what": 1}, "body.what"),
    ],
)
async def test_what_cannot_be_met_is_one_clear_problem(
    client: AsyncClient, wanted: dict[str, Any], detail: str
) -> None:
    answer = await client.post(f"/portfolios/{await held(client)}/rebalance", json=wanted)
    assert answer.status_code == 422
    assert detail in answer.json()["detail"]


async def test_an_empty_portfolio_and_an_unknown_one_are_told_apart(client: AsyncClient) -> None:
    id = await made(client)
    empty = await client.post(f"/portfolios/{id}/rebalance", json={})
    assert (empty.status_code, empty.json()["title"]) == (422, "NothingToRebalance")
    without = await client.post(f"/portfolios/{id}/rebalance", json={"top": 2})
    assert without.json()["detail"] == "nothing is held and there is no cash to invest"
    assert (await client.post("/portfolios/99/rebalance", json={})).status_code == 404


async def test_without_prices_or_rankings_the_answer_says_so(database_url: str) -> None:
    built = build(plain_settings(), database_url, clock=FixedClock(NOW + timedelta(hours=1)))
    await built.db.open()
    try:
        async with AsyncClient(transport=ASGITransport(create_app(built)), base_url="http://test/api/v1") as client:
            id = await made(client)
            none = await client.post(f"/portfolios/{id}/rebalance", json={})
            assert none.json()["detail"] == "no prices are stored, so nothing can be valued"
            market = built.service(MarketService)
            await market.stores.sessions.save(calendar())
            await built.service(IngestService).ingest(Frames([on(DAYS, walk(0, 40.0), volume=1_000_000)]))
            unranked = await client.post(f"/portfolios/{id}/rebalance", json={"top": 1, "cash": "9000"})
            assert (unranked.status_code, unranked.json()["detail"]) == (404, "No signals stored for model 'ensemble'")
    finally:
        await built.db.close()


async def test_the_command_prints_orders_and_reasons_or_one_line_of_refusal(
    client: AsyncClient, database_url: str
) -> None:
    await held(client)

    async def command(*args: str) -> Any:
        said = ("portfolio", "rebalance", "--portfolio", "Main", *args)
        return await asyncio.to_thread(asxos, *said, url=database_url)

    table = await command()
    assert table.exit_code == 0
    assert "BHP.AX: Sell:" in table.stdout
    assert "Proven to" in table.stdout
    body = json.loads((await command("--json", "--target", "inverse-volatility")).stdout)
    assert body["orders"][0]["symbol"] == "BHP.AX"
    refused = await command("--turnover", "7")
    assert refused.exit_code == 2
    assert "--turnover: Input should be less than or equal to 1" in refused.stderr
