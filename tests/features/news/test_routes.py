from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from asxos.core.http import install_problem_handlers
from asxos.features.news.routes import router
from asxos.features.news.services import NewsService
from tests.features.news.conftest import DAY, HOUR, NOON, News, Told

TOLD = [
    ("BHP", NOON, "Half year profit up 12%", True, 40),
    ("BHP", NOON + DAY, "Trading Halt", None, None),
    ("CBA", NOON + HOUR, "Cleansing Notice", False, 1),
]


@pytest.fixture
async def client(news: News) -> AsyncIterator[AsyncClient]:
    """The routes over three announcements."""
    await news.ingest.ingest(Told(TOLD))
    app = FastAPI()
    app.state.services = {NewsService: news.read}
    install_problem_handlers(app)
    app.include_router(router)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        yield client


async def headlines(client: AsyncClient, **params: object) -> list[str]:
    body = (await client.get("/news", params=params)).json()  # pyright: ignore[reportArgumentType]
    return [item["headline"] for item in body["items"]]


async def test_the_latest_comes_first_with_all_that_is_known_of_it(client: AsyncClient) -> None:
    body = (await client.get("/news", params={"limit": 1, "offset": 2})).json()
    id = body["items"][0].pop("id")
    assert isinstance(id, int)
    assert body == {
        "total": 3,
        "limit": 1,
        "offset": 2,
        "simulated": False,
        "items": [
            {
                "symbol": "BHP.AX",
                "name": None,
                "known_at": "2024-01-08T01:00:00Z",
                "kind": "results",
                "headline": "Half year profit up 12%",
                "price_sensitive": True,
                "pages": 40,
                "tone": 0.5,
                "learnt_tone": None,
                "source": "test",
            }
        ],
    }
    assert await headlines(client) == ["Trading Halt", "Cleansing Notice", "Half year profit up 12%"]


async def test_a_share_a_kind_and_a_date_narrow_it(client: AsyncClient) -> None:
    assert await headlines(client, symbol="bhp") == ["Trading Halt", "Half year profit up 12%"]
    assert await headlines(client, kind="securities") == ["Cleansing Notice"]
    assert await headlines(client, since="2024-01-09") == ["Trading Halt"]
    assert await headlines(client, symbol="CBA", kind="results") == []


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"symbol": "ZZZ"}, 404),
        ({"symbol": "B!"}, 422),
        ({"kind": "gossip"}, 422),
        ({"since": "soon"}, 422),
        ({"limit": 0}, 422),
    ],
)
async def test_what_is_not_there_or_malformed_is_a_problem(
    client: AsyncClient, params: dict[str, str], status: int
) -> None:
    answer = await client.get("/news", params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
