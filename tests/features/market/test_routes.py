from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from asxos.core.http import install_problem_handlers
from asxos.features.market.routes import router
from asxos.features.market.services import MarketService
from tests.features.market.conftest import Frames, Market
from tests.features.market.test_ingest import D, on


@pytest.fixture
async def client(market: Market) -> AsyncIterator[AsyncClient]:
    """The market's routes over a market with one share that was split."""
    await market.ingest.ingest(Frames([on(D, [100.0, 10.0, 10.1], adj_close=[10.0, 10.0, 10.1])]))
    app = FastAPI()
    app.state.services = {MarketService: market.read}
    install_problem_handlers(app)
    app.include_router(router)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_prices_come_by_column_with_their_actions_and_source(client: AsyncClient) -> None:
    body = (await client.get("/prices/bhp")).json()
    days = [day.isoformat() for day in D[:3]]
    assert body == {
        "symbol": "BHP.AX",
        "adjusted": True,
        "as_of": days[2],
        "source": "test",
        "simulated": False,
        "date": days,
        **{name: [10.0, 10.0, 10.1] for name in ("open", "high", "low", "close")},
        "volume": [10_000.0, 1_000.0, 1_000.0],
        "actions": [{"ex_date": days[1], "kind": "split", "factor": 0.1, "amount": None}],
    }


async def test_prices_can_be_asked_for_as_traded_and_for_a_range(client: AsyncClient) -> None:
    query = {"from": D[0].isoformat(), "to": D[1].isoformat(), "adjusted": "false", "as_of": D[1].isoformat()}
    body = (await client.get("/prices/BHP.AX", params=query)).json()
    assert (body["close"], body["adjusted"], body["as_of"]) == ([100.0, 10.0], False, D[1].isoformat())


async def test_no_bars_in_a_range_are_empty_columns(client: AsyncClient) -> None:
    body = (await client.get("/prices/BHP", params={"from": "2025-01-01"})).json()
    assert (body["date"], body["close"], body["as_of"]) == ([], [], None)


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/prices/QQQ", 404, "UnknownSymbol"),
        ("/prices/no%20code", 422, "InvalidRequest"),
        ("/securities/QQQ", 404, "UnknownSymbol"),
        ("/prices/BHP?from=2024-02-01&to=2024-01-01", 422, "BadInput"),
        ("/securities?limit=0", 422, "InvalidRequest"),
    ],
)
async def test_what_cannot_be_answered_is_a_problem(client: AsyncClient, path: str, status: int, title: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["title"]) == (status, title)


async def test_securities_are_listed_by_page(client: AsyncClient) -> None:
    body = (await client.get("/securities", params={"query": "bh", "limit": 5})).json()
    assert (body["total"], body["limit"], body["offset"]) == (1, 5, 0)
    assert body["items"][0]["symbol"] == "BHP.AX"


async def test_a_security_has_codes_and_a_quote(client: AsyncClient) -> None:
    body = (await client.get("/securities/BHP")).json()
    assert body["codes"] == [{"code": "BHP.AX", "valid_from": D[0].isoformat(), "valid_to": None}]
    assert (body["quote"]["close"], body["quote"]["session_date"]) == (10.1, D[2].isoformat())
