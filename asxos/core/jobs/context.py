"""JobContext: how a running job says where it is."""

import asyncio
import time
from collections.abc import Callable

from asxos.core.db import Connection
from asxos.core.jobs.records import Progress

WRITE_EVERY_SECONDS = 0.25

OnProgress = Callable[[Progress], None]


class JobContext:
    """Given to a job function. What it reports is committed at once, whatever transaction the job itself is in."""

    def __init__(self, job_id: int, connection: Connection, on_progress: OnProgress | None = None) -> None:
        self.job_id = job_id
        self._connection = connection
        self._on_progress = on_progress
        self._loop = asyncio.get_running_loop()
        self._now = Progress(None, 0.0)
        self._written_at = -WRITE_EVERY_SECONDS
        self._is_open = True

    async def step(self, name: str) -> None:
        """Begin a named step; its progress starts at 0."""
        self._tell(Progress(name, 0.0))
        await self._write()

    async def progress(self, fraction: float, text: str | None = None) -> None:
        """Report the fraction of the present step that is done; stored at most four times a second, and at its end."""
        self._tell(Progress(self._now.step, min(max(fraction, 0.0), 1.0), text))
        if fraction >= 1 or time.monotonic() - self._written_at >= WRITE_EVERY_SECONDS:
            await self._write()

    def progress_from_thread(self, fraction: float, text: str | None = None) -> None:
        """The same from a thread that computes; does not wait for the write."""
        asyncio.run_coroutine_threadsafe(self.progress(fraction, text), self._loop)

    def close(self) -> None:
        """Write nothing more: the connection goes back to the pool, while a thread may still report."""
        self._is_open = False

    def _tell(self, progress: Progress) -> None:
        self._now = progress
        if self._on_progress is not None:
            self._on_progress(progress)

    async def _write(self) -> None:
        if not self._is_open:
            return
        self._written_at = time.monotonic()
        await self._connection.execute(
            "UPDATE jobs SET step = %s, progress = %s, detail = %s WHERE id = %s AND state = 'running'",
            [self._now.step, self._now.fraction, self._now.detail, self.job_id],
        )
