"""The engine under jobs and deliveries: pgqueuer picks, keeps alive, retries; what runs is ours.

Nothing that we run may end a pgqueuer row by accident: pgqueuer deletes a row whose function raises or is cancelled. So
every function here either returns (over) or raises RetryRequested (again later), and never anything else.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Job as Turn
from psycopg.conninfo import conninfo_to_dict

from asxos.core.db import Database
from asxos.core.events.deliveries import DELIVER_EVENT, Deliveries
from asxos.core.jobs.queue import JobQueue

HEARTBEAT_TIMEOUT = timedelta(seconds=5)
"""A worker silent for so long is taken for dead, and its jobs are picked by another."""
POLL = timedelta(seconds=1)
RECONNECT_SECONDS = 1.0
GRACE_SECONDS = 10.0
BATCH = 10
MOST_PICKED = 40
JOBS_AT_ONCE = 3
DELIVERIES_AT_ONCE = 3
"""A running job holds one connection of the pool beside those its body uses; together they must stay below its size."""
UNREACHABLE_PAUSE = timedelta(seconds=5)
LOG_KEPT = timedelta(days=2)
"""Longer than all the attempts of a delivery together, for they are counted in the engine's log."""

AT_ONCE = timedelta(0)

_CONNECTION_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, FailingListenerError)

log = structlog.get_logger()

Work = Callable[[Turn], Awaitable[timedelta | None]]
"""Carries out one turn; returns how long to wait before the next attempt, None when it is over."""


class Engine:
    """Runs deferred jobs and event deliveries until told to stop; reconnects when the connection is lost."""

    def __init__(self, database_url: str, jobs: JobQueue, deliveries: Deliveries) -> None:
        self._url = database_url
        self._jobs = jobs
        self._deliveries = deliveries
        self._job_slots = asyncio.Semaphore(JOBS_AT_ONCE)
        self._delivery_slots = asyncio.Semaphore(DELIVERIES_AT_ONCE)
        self._running: set[asyncio.Task[Any]] = set()
        self._is_stopping = False

    async def run(self, stop: asyncio.Event, *, grace_seconds: float = GRACE_SECONDS) -> None:
        """Work until `stop` is set; then finish what runs, and after `grace_seconds` put back what still does."""
        while not stop.is_set():
            try:
                await self._connected(stop, grace_seconds)
            except _CONNECTION_ERRORS as error:
                log.warning("the engine lost its connection, trying again", error=str(error))
                await pause(stop, RECONNECT_SECONDS)

    async def _connected(self, stop: asyncio.Event, grace_seconds: float) -> None:
        connection = await asyncpg.connect(asyncpg_url(self._url))
        try:
            await self._managed(self._manager(connection), stop, grace_seconds)
        finally:
            connection.terminate()

    async def _managed(self, manager: QueueManager, stop: asyncio.Event, grace_seconds: float) -> None:
        self._is_stopping = False
        running = asyncio.create_task(_work(manager))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            self._is_stopping = True
            manager.shutdown.set()
            await asyncio.wait({running}, timeout=grace_seconds)
        finally:
            # Also the way out when this very task is cancelled: nothing that runs is lost.
            self._is_stopping = True
            manager.shutdown.set()
            stopping.cancel()
            for turn in self._running:
                turn.cancel()
            await running

    def _manager(self, connection: asyncpg.Connection) -> QueueManager:
        manager = QueueManager(Queries(AsyncpgDriver(connection)))
        for job in self._jobs.registered:
            take = partial(self._take, self._job_slots, self._run_job)
            manager.entrypoint(job.name, concurrency_limit=job.concurrency, accepts_context=False)(take)
        deliver = partial(self._take, self._delivery_slots, self._deliver)
        manager.entrypoint(DELIVER_EVENT, accepts_context=False)(deliver)
        return manager

    async def _run_job(self, turn: Turn) -> timedelta | None:
        return await self._jobs.execute(int(_payload(turn)["job_id"]))

    async def _deliver(self, turn: Turn) -> timedelta | None:
        payload = _payload(turn)
        return await self._deliveries.deliver(turn.id, UUID(payload["event_id"]), payload["subscriber"])

    async def _take(self, slots: asyncio.Semaphore, work: Work, turn: Turn) -> None:
        """Raises: RetryRequested, and nothing else."""
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            async with slots:
                again_in = AT_ONCE if self._is_stopping else await work(turn)
        except asyncio.CancelledError:
            task.uncancel()
            again_in = AT_ONCE
        except Exception:
            log.exception("the end of a job or delivery could not be written down", entrypoint=turn.entrypoint)
            again_in = UNREACHABLE_PAUSE
        finally:
            self._running.discard(task)
        if again_in is not None:
            raise RetryRequested(again_in)


async def prune_engine_log(db: Database) -> None:
    """Delete what the engine noted more than `LOG_KEPT` ago."""
    async with db.connection() as connection:
        await connection.execute("DELETE FROM pgqueuer_log WHERE created < now() - %s", [LOG_KEPT])


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not beyond `stop`."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def asyncpg_url(conninfo: str) -> str:
    """A libpq connection string in either form (`key=value ...` or a URL) as the URL that asyncpg reads."""
    return "postgresql://?" + urlencode(conninfo_to_dict(conninfo))


async def _work(manager: QueueManager) -> None:
    await manager.run(
        dequeue_timeout=POLL,
        batch_size=BATCH,
        max_concurrent_tasks=MOST_PICKED,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        shutdown_on_listener_failure=True,
        # Its statistics feed a dashboard that we do not mount.
        log_aggregation_interval=timedelta(0),
    )


def _payload(turn: Turn) -> dict[str, Any]:
    return json.loads(turn.payload or b"{}")
