"""The worker process: jobs, event deliveries, the timetable, and the engine's own housekeeping."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Protocol

import structlog
from psycopg import OperationalError

from asxos.core.clock import Clock
from asxos.core.db import Database, DatabaseUnavailable
from asxos.core.events.event_bus import EventBus
from asxos.core.events.feed import EventFeed
from asxos.core.jobs.engine import GRACE_SECONDS, Engine, pause, prune_engine_log
from asxos.core.jobs.queue import JobQueue
from asxos.core.schedule import Timetable

TICK_SECONDS = 5.0
PRUNE_SECONDS = 3600.0

log = structlog.get_logger()


class WorkerParts(Protocol):
    """What the worker needs of the system; the database is open."""

    @property
    def db(self) -> Database: ...
    @property
    def database_url(self) -> str: ...
    @property
    def jobs(self) -> JobQueue: ...
    @property
    def event_bus(self) -> EventBus: ...
    @property
    def feed(self) -> EventFeed: ...
    @property
    def timetable(self) -> Timetable: ...
    @property
    def clock(self) -> Clock: ...


async def run(system: WorkerParts, stop: asyncio.Event | None = None, *, grace_seconds: float = GRACE_SECONDS) -> None:
    """Work until SIGTERM or SIGINT, or until `stop` is set where the caller minds the signals.

    Then finish what runs; what is not finished after `grace_seconds` goes back into the queue.
    """
    async with _stopping(stop) as stopped, system.feed.running(), asyncio.TaskGroup() as group:
        group.create_task(_tick(system, stopped))
        group.create_task(_prune(system, stopped))
        engine = Engine(system.database_url, system.jobs, system.event_bus.deliveries)
        await engine.run(stopped, grace_seconds=grace_seconds)


@asynccontextmanager
async def _stopping(given: asyncio.Event | None) -> AsyncGenerator[asyncio.Event, None]:
    if given is not None:
        yield given
        return
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _tick(system: WorkerParts, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await system.timetable.tick(system.clock.now())
        except Exception:
            # A timetable that stops would go unnoticed for days; the next tick makes up for this one.
            log.exception("the timetable could not be read")
        await pause(stop, TICK_SECONDS)


async def _prune(system: WorkerParts, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await prune_engine_log(system.db)
        except (DatabaseUnavailable, OperationalError) as error:
            log.warning("the engine's log could not be pruned", error=str(error))
        await pause(stop, PRUNE_SECONDS)
