"""Progress of threads and services, written to the job they work for."""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from asxos.core.jobs.context import JobContext


class Reported:
    """A `core.progress.Progress` that tells a JobContext; callable from any thread, ordered, waits at its end.

    Use as `async with Reported(context) as progress`, so that no write outlives the job.
    """

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._last: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        # One turn of the loop lets what threads have handed over become tasks.
        await asyncio.sleep(0)
        if self._last is not None:
            await asyncio.wait({self._last})

    def step(self, name: str) -> None:
        """Begin a part of the work."""
        self._loop.call_soon_threadsafe(self._follow, self._context.step(name))

    def advance(self, fraction: float, text: str = "") -> None:
        """Say how far the present part is."""
        self._loop.call_soon_threadsafe(self._follow, self._context.progress(fraction, text))

    def _follow(self, report: Coroutine[Any, Any, None]) -> None:
        self._last = asyncio.create_task(_after(self._last, report))


async def _after(before: asyncio.Task[None] | None, report: Coroutine[Any, Any, None]) -> None:
    if before is not None:
        await asyncio.wait({before})
    await report
