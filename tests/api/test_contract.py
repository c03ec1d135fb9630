"""Every documented operation, called with valid and invalid values made up by schemathesis, keeps its own contract."""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from asxos.api import create_api, create_app
from asxos.bootstrap import build
from asxos.core.settings import Settings
from tests.published import opened

# Endless by nature; it has tests of its own.
STREAM = "/api/v1/events/stream"


@pytest.fixture(scope="session")
def base_url(published_url: str) -> Iterator[str]:
    """A real server over the published rankings, in a thread with a loop of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        served = threading.Thread(target=lambda: asyncio.run(_serve(published_url, listener)), daemon=True)
        served.start()
        _started.wait(30)
        yield f"http://127.0.0.1:{port}"
        _server[0].should_exit = True
        served.join(15)


# A document cannot say which of a line's fields a kind needs, which dates are future, which of two comes first, what a
# broker's file is, or which limits a portfolio can meet.
RULED = {
    "GET /api/v1/portfolios/{id}/attribution",
    "GET /api/v1/portfolios/{id}/performance",
    "GET /api/v1/portfolios/{id}/sale-preview",
    "POST /api/v1/backtests",
    "GET /api/v1/portfolios/{id}/rebalance",
    "POST /api/v1/portfolios/{id}/rebalance",
    "POST /api/v1/portfolios/{id}/imports",
    "POST /api/v1/portfolios/{id}/transactions",
    "PUT /api/v1/portfolios/{id}/transactions/{line_id}",
}

# Made from the document itself, for the tests are one an operation and must be known before any server runs.
document = create_api(build(Settings(pool_size=8), "")).openapi()
schema = schemathesis.openapi.from_dict(document).exclude(path=STREAM)


@schema.parametrize()  # pyright: ignore[reportUntypedFunctionDecorator] # schemathesis has no types for it
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=True,
)
def test_an_operation_keeps_its_contract(case: Any, base_url: str) -> None:
    excluded = [positive_data_acceptance] if case.operation.label in RULED else []
    case.call_and_validate(base_url=base_url, excluded_checks=excluded)


_started = threading.Event()
_server: list[uvicorn.Server] = []


async def _serve(url: str, listener: socket.socket) -> None:
    async with _open(url) as server:
        _server.append(server)
        _started.set()
        await server.serve([listener])


@asynccontextmanager
async def _open(url: str) -> AsyncGenerator[uvicorn.Server, None]:
    async with opened(url) as system:
        config = uvicorn.Config(create_app(system), log_level="error", timeout_graceful_shutdown=2)
        yield uvicorn.Server(config)
