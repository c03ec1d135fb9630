from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from asxos.core.http import install_problem_handlers
from asxos.features.fundamentals.routes import router
from asxos.features.fundamentals.services import FundamentalService
from tests.features.fundamentals.conftest import Companies, written

FIGURES = "code,published,as_of,market_cap,eps\nBHP,2024-01-13,2024-01-12,1000,1.5\nBHP,2024-01-20,2024-01-19,1100,\n"


@pytest.fixture
async def client(companies: Companies, tmp_path: Path) -> AsyncIterator[AsyncClient]:
    """The routes over two weeks of BHP, two short positions of it, the last not yet published, and nothing of CBA."""
    await companies.ingest.ingest(written(tmp_path, FIGURES))
    shorts = "symbol,date,short_pct,short_qty\nBHP,2024-01-12,0.5,700\nBHP,2024-12-27,0.6,\n"
    await companies.ingest.ingest(written(tmp_path, shorts))
    app = FastAPI()
    app.state.services = {FundamentalService: companies.read}
    install_problem_handlers(app)
    app.include_router(router)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_figures_come_last_known_first_with_what_counts_now(client: AsyncClient) -> None:
    body = (await client.get("/fundamentals/bhp", params={"limit": 1, "offset": 1})).json()
    missing = dict.fromkeys(("dividends_per_share", "book_per_share", "tangible_per_share", "franking"))
    assert body == {
        "symbol": "BHP.AX",
        "simulated": False,
        "total": 2,
        "limit": 1,
        "offset": 1,
        "latest": {
            "as_of": "2024-01-19",
            "published": "2024-01-20",
            "known_at": "2024-01-20T13:00:00Z",
            "market_cap": 1100.0,
            "earnings_per_share": None,
            **missing,
        },
        "items": [
            {
                "as_of": "2024-01-12",
                "published": "2024-01-13",
                "known_at": "2024-01-13T13:00:00Z",
                "market_cap": 1000.0,
                "earnings_per_share": 1.5,
                **missing,
            }
        ],
    }


async def test_short_positions_are_shown_once_they_are_public(client: AsyncClient) -> None:
    body = (await client.get("/fundamentals/BHP.AX/shorts")).json()
    assert (body["total"], body["latest"], body["items"]) == (1, body["items"][0], [body["latest"]])
    assert body["latest"] == {
        "as_of": "2024-01-12",
        "known_at": "2024-01-18T13:00:00Z",
        "short_share": 0.005,
        "short_quantity": 700.0,
    }


@pytest.mark.parametrize(
    ("path", "status", "title", "detail"),
    [
        ("/fundamentals/CBA", 404, "NoFactsOf", "No fundamentals of CBA.AX stored"),
        ("/fundamentals/CBA/shorts", 404, "NoFactsOf", "No short positions of CBA.AX stored"),
        ("/fundamentals/QQQ", 404, "UnknownSymbol", "QQQ"),
        ("/fundamentals/no%20code", 422, "InvalidRequest", "symbol"),
        ("/fundamentals/BHP?limit=0", 422, "InvalidRequest", "limit"),
    ],
)
async def test_what_cannot_be_answered_is_a_problem(
    client: AsyncClient, path: str, status: int, title: str, detail: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["title"]) == (status, title)
    assert detail in answer.json()["detail"]
