"""Every documented operation, called with valid and invalid values made up by schemathesis, keeps its own contract."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings

from asxos.api import create_app
from tests.published import opened

STREAM = "/api/v1/events/stream"


@pytest.fixture(scope="session")
def base_url(published_url: str) -> Iterator[str]:
    """A real server over the published rankings, in a thread with a loop of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        served = threading.Thread(target=lambda: asyncio.run(_serve(published_url, listener)), daemon=True)
        served.start()
        _started.wait(30)
        yield f"http://127.0.0.1:{port}"
        _server[0].should_exit = True
        served.join(15)


@pytest.fixture
def api(base_url: str) -> Any:
    """The document the server itself gives; the endless stream is left to its own tests."""
    return schemathesis.openapi.from_url(f"{base_url}/openapi.json").exclude(path=STREAM)


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_an_operation_keeps_its_contract(case: Any) -> None:
    case.call_and_validate()


_started = threading.Event()
_server: list[uvicorn.Server] = []


async def _serve(url: str, listener: socket.socket) -> None:
    async with _open(url) as server:
        _server.append(server)
        _started.set()
        await server.serve([listener])


@asynccontextmanager
async def _open(url: str) -> Any:
    async with opened(url) as system:
        config = uvicorn.Config(create_app(system), log_level="error", timeout_graceful_shutdown=2)
        yield uvicorn.Server(config)
