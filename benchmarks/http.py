"""Live signals over HTTP from a real server process: uncached latency, and requests a second of a core when cached."""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import perf_counter, process_time
from typing import cast

import psutil

from benchmarks.results import Result, percentile

PATH = "/api/v1/signals/live?limit=20"
CONNECTIONS = 16
SECONDS = 6.0


async def run(database_url: str) -> list[Result]:
    """Floors: 5 ms uncached, 10,000 requests a second of one core cached. The database holds a million signals."""
    async with _served(database_url) as (port, server):
        await _wait(port)
        uncached = [await _one(port, f"{PATH}&offset=0&min_confidence=0.{n:04d}") for n in range(300)]
        rate, per_core, own = await _load(port, server)
    median = statistics.median(uncached[20:])
    return [
        Result("live signals over HTTP, uncached p50", median * 1e3, "ms", median < 0.005, floor="< 5 ms"),
        Result("live signals over HTTP, uncached p99", percentile(uncached[20:], 0.99) * 1e3, "ms", True),
        Result("cached live signals, a core of the server", per_core, "req/s", per_core >= 10_000, floor=">= 10,000"),
        Result("cached live signals, as the client saw it", rate, "req/s", True, own, "client CPU share"),
    ]


@asynccontextmanager
async def _served(database_url: str) -> AsyncGenerator[tuple[int, psutil.Process], None]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "ASXOS_DATABASE_URL": database_url}
    server = subprocess.Popen([sys.executable, "-m", "asxos.cli", "serve", "--port", str(port)], env=environment)
    try:
        yield port, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(15)


async def _wait(port: int) -> None:
    for _ in range(300):
        try:
            await _one(port, "/ready")
        except OSError:
            await asyncio.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not come up")


async def _one(port: int, path: str) -> float:
    """Seconds for one request on a connection of its own, answer read whole."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    started = perf_counter()
    writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read(-1)
    elapsed = perf_counter() - started
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer[:200])
    return elapsed


async def _load(port: int, server: psutil.Process) -> tuple[float, float, float]:
    """Requests a second by the wall, by CPU second of the server, and the client's own CPU share."""
    await _one(port, PATH)
    before, own, started = server.cpu_times(), process_time(), perf_counter()
    counts = await asyncio.gather(*(_hammer(port, started + SECONDS) for _ in range(CONNECTIONS)))
    wall, after = perf_counter() - started, server.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    return sum(counts) / wall, sum(counts) / cpu, (process_time() - own) / wall


async def _hammer(port: int, until: float) -> int:
    """Keep one connection busy: the next request leaves when the answer before is whole."""
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_connection(lambda: _Client(until), "127.0.0.1", port)
    count = await client.done
    transport.close()
    return count


class _Client(asyncio.Protocol):
    """Knows the size of an answer from the first one: all are the same bytes."""

    _REQUEST = f"GET {PATH} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()

    def __init__(self, until: float) -> None:
        self._until = until
        self._got = 0
        self._size: int | None = None
        self._count = 0
        self.done: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not an isinstance: uvloop's transport is one in all but its class.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._REQUEST)

    def data_received(self, data: bytes) -> None:
        self._size = self._size or _size(data)
        self._got += len(data)
        if self._got < self._size:
            return
        self._got = 0
        self._count += 1
        if perf_counter() < self._until:
            self._transport.write(self._REQUEST)
        elif not self.done.done():
            self.done.set_result(self._count)


def _size(answer: bytes) -> int:
    head, _, _ = answer.partition(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    return len(head) + 4 + int(length.split(b":")[1])
