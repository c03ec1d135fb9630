"""The hot read path in front of a small real application."""

import gzip
from collections.abc import AsyncIterator

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from asxos.core.cache import MemoryCache
from asxos.core.hot import HotReads

calls: list[str] = []


async def _answer(request: Request) -> Response:
    calls.append(request.url.path)
    return JSONResponse({"n": len(calls), "pad": "x" * int(request.query_params.get("pad", "0"))})


async def _missing(_: Request) -> Response:
    return JSONResponse({}, 404)


async def _stream(_: Request) -> Response:
    return StreamingResponse(iter([b"data: 1\n\n"]), media_type="text/event-stream")


async def _text(_: Request) -> Response:
    return PlainTextResponse("hello")


@pytest.fixture
def cache() -> MemoryCache:
    calls.clear()
    return MemoryCache()


@pytest.fixture
async def client(cache: MemoryCache) -> AsyncIterator[AsyncClient]:
    inner = Starlette(
        routes=[
            Route("/kept", _answer, methods=["GET", "POST"]),
            Route("/fresh", _answer),
            Route("/kept/missing", _missing),
            Route("/kept/stream", _stream),
            Route("/text", _text),
        ]
    )
    app = HotReads(inner, cache, {"/kept": "signals"})
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_a_repeated_read_is_answered_without_the_application(client: AsyncClient) -> None:
    assert (await client.get("/kept")).json() == (await client.get("/kept")).json()
    assert len(calls) == 1


async def test_another_query_is_another_answer(client: AsyncClient) -> None:
    await client.get("/kept?pad=1")
    await client.get("/kept?pad=2")
    assert len(calls) == 2


async def test_a_dropped_tag_makes_the_next_read_fresh(client: AsyncClient, cache: MemoryCache) -> None:
    await client.get("/kept")
    cache.drop("signals")
    assert (await client.get("/kept")).json()["n"] == 2


async def test_a_path_without_a_tag_is_never_kept_but_has_its_etag(client: AsyncClient) -> None:
    first = await client.get("/fresh")
    second = await client.get("/fresh")
    assert (first.json()["n"], second.json()["n"]) == (1, 2)
    assert first.headers["etag"] != second.headers["etag"]


async def test_a_reader_that_has_the_answer_is_told_so(client: AsyncClient) -> None:
    tag = (await client.get("/kept")).headers["etag"]
    again = await client.get("/kept", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_large_answer_is_compressed_for_those_who_take_it(client: AsyncClient) -> None:
    async with client.stream("GET", "/kept?pad=5000", headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join([chunk async for chunk in packed.aiter_raw()])
    plain = await client.get("/kept?pad=5000", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content


@pytest.mark.parametrize(("path", "status"), [("/kept/missing", 404), ("/kept/stream", 200), ("/text", 200)])
async def test_errors_streams_and_text_pass_through_untouched(client: AsyncClient, path: str, status: int) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    assert "etag" not in answer.headers


async def test_a_write_is_never_answered_from_the_cache(client: AsyncClient) -> None:
    await client.get("/kept")
    await client.post("/kept")
    assert len(calls) == 2
