"""A worker as a process of its own, for tests that kill it: `python -m tests.core.jobs.worker_process URL`."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

from asxos.core.clock import Clock, SystemClock
from asxos.core.db import Database, make_pool
from asxos.core.events.event_bus import EventBus
from asxos.core.events.feed import EventFeed
from asxos.core.events.types import Event, EventType
from asxos.core.jobs.context import JobContext
from asxos.core.jobs.queue import JobQueue
from asxos.core.schedule import Timetable
from asxos.worker import run

TABLES = """
CREATE TABLE begun (what text, at timestamptz DEFAULT now());
CREATE TABLE effects (what text PRIMARY KEY);
CREATE TABLE heard (portfolio_id bigint);
"""


@dataclass(frozen=True)
class Parts:
    db: Database
    database_url: str
    jobs: JobQueue
    event_bus: EventBus
    feed: EventFeed
    timetable: Timetable
    clock: Clock


class NoSessions:
    async def latest_final(self, now: datetime) -> date | None:
        return None

    async def is_session(self, day: date) -> bool:
        return False


class Work:
    """A job and a subscriber that hang the first time they are begun, and leave rows that tests count."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def work(self, context: JobContext, what: str) -> None:
        await context.step("working")
        await self.begin(what)
        async with self.db.connection() as connection:
            await connection.execute("INSERT INTO effects VALUES (%s) ON CONFLICT DO NOTHING", [what])

    async def handle(self, event: Event) -> None:
        async with self.db.connection() as connection:
            await connection.execute("INSERT INTO heard VALUES (%s)", [event.payload["portfolio_id"]])
        if event.payload["reason"] == "hang":
            await self.begin(f"event {event.payload['portfolio_id']}")

    async def begin(self, what: str) -> None:
        # A task of its own, so that the mark is committed whatever becomes of the caller.
        if await asyncio.create_task(self._mark(what)) == 1:
            await asyncio.sleep(60)

    async def _mark(self, what: str) -> int:
        async with self.db.transaction() as connection:
            await connection.execute("INSERT INTO begun VALUES (%s)", [what])
            row = await (await connection.execute("SELECT count(*) FROM begun WHERE what = %s", [what])).fetchone()
        assert row is not None
        return int(row[0])


@asynccontextmanager
async def parts(database_url: str) -> AsyncGenerator[Parts, None]:
    """A small system of one job and one subscriber."""
    db = Database(make_pool(database_url, max_size=6))
    await db.open()
    bus = EventBus(db)
    jobs = JobQueue(db, bus)
    work = Work(db)
    jobs.register("work", work.work, concurrency=0)
    bus.subscribe(EventType.PORTFOLIO_CHANGED, work.handle, name="work")
    feed = EventFeed(database_url, db, bus)
    yield Parts(db, database_url, jobs, bus, feed, Timetable([], jobs, NoSessions()), SystemClock())
    await db.close()


async def main(database_url: str) -> None:
    async with parts(database_url) as system:
        await run(system, grace_seconds=0.5)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
