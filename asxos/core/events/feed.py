"""EventFeed: committed events, in order, to whatever lives in this process (caches, live streams)."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any, LiteralString
from uuid import UUID

import structlog
from psycopg import AsyncConnection, OperationalError, sql
from psycopg.rows import dict_row

from asxos.core.db import Connection, Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.stream import EventQueue, Gap
from asxos.core.events.types import Event, EventType
from asxos.core.events.wakeups import EVENTS_CHANNEL
from asxos.core.logging import correlated

POLL_SECONDS = 1.0
RECONNECT_SECONDS = 1.0
BATCH = 500
MOST_RESUMED = 1000
"""A reader further behind than this is told of a Gap instead."""

Cursor = tuple[str, UUID]
"""How far one has read: transaction id (xid8 as text) and event id."""

_NIL = UUID(int=0)
# A newer version beside this one may publish types that this one cannot read.
_KNOWN = [str(event_type) for event_type in EventType]
_NOWHERE: Cursor = ("0", _NIL)

# Transactions commit out of order: without the upper bound a reader would pass the place of one still open and never
# see it. The price: one long writing transaction holds the feed back until it ends.
_AFTER: LiteralString = """
SELECT xid::text, id, type, payload, source, occurred_at AS timestamp, user_id, correlation_id FROM events
WHERE (xid, id) > (%s::xid8, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot()) AND type = ANY(%s)
ORDER BY xid, id LIMIT %s
"""

_SINCE: LiteralString = """
SELECT xid::text, id, type, payload, source, occurred_at AS timestamp, user_id, correlation_id FROM events
WHERE (xid, id) > (SELECT xid, id FROM events WHERE id = %s) AND (xid, id) <= (%s::xid8, %s)
  AND type = ANY(%s)
ORDER BY xid, id LIMIT %s
"""

log = structlog.get_logger()


class EventFeed:
    """Reads the event log from the moment it starts and passes each event on once, in commit order.

    It listens for wake-ups on one connection of its own, polls each second besides, and reconnects where it stopped.
    A handler that fails is logged and passed over: what must not be missed subscribes durably.
    """

    def __init__(self, database_url: str, db: Database, event_bus: EventBus) -> None:
        self._url = database_url
        self._db = db
        self._subscribers = event_bus.subscribers
        self._queues: set[EventQueue] = set()
        self._cursor: Cursor = _NOWHERE
        self._started = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._entered = 0

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Run in the background; entered twice (API and worker in one process), it still runs once.

        On entry it waits until the feed reads, so that nothing published inside is missed.
        """
        self._entered += 1
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="event-feed")
        try:
            await self._started.wait()
            yield
        finally:
            self._entered -= 1
            if self._entered == 0:
                await self._stop()

    @asynccontextmanager
    async def listen(
        self, types: Iterable[EventType] | None = None, *, after: UUID | None = None, capacity: int = 256
    ) -> AsyncGenerator[EventQueue, None]:
        """Events of `types` (default: all) from now on, or from just behind event `after` (`Last-Event-ID`).

        A queue that is `capacity` events behind drops what comes and says so with a Gap.
        """
        await self._started.wait()
        queue = EventQueue(types, capacity)
        # No await between these two lines: the backlog ends exactly where the live events begin.
        here = self._cursor
        self._queues.add(queue)
        try:
            if after is not None:
                queue.resume(await self._backlog(queue, after, here))
            yield queue
        finally:
            self._queues.discard(queue)

    async def _backlog(self, queue: EventQueue, after: UUID, here: Cursor) -> list[Event | Gap]:
        async with self._db.connection() as connection:
            rows = await _rows(connection, _SINCE, [after, *here, _KNOWN, MOST_RESUMED + 1])
            known = await (await connection.execute("SELECT FROM events WHERE id = %s", [after])).fetchone()
        if known is None or len(rows) > MOST_RESUMED:
            return [Gap(None)]
        return [event for _, event in rows if queue.wants(event)]

    async def _stop(self) -> None:
        task, self._task = self._task, None
        self._started.clear()
        assert task is not None
        task.cancel()
        await asyncio.wait({task})

    async def _run(self) -> None:
        while True:
            try:
                async with await AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await self._follow(connection)
            except OperationalError as error:
                log.warning("event feed lost its connection, trying again", error=str(error))
            except Exception:
                # A feed that ends would leave stale caches and silent streams behind, and nobody to notice.
                log.exception("event feed failed, trying again")
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _follow(self, connection: Connection) -> None:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(EVENTS_CHANNEL)))
        if self._cursor == _NOWHERE:
            self._cursor = await _here(connection)
        self._started.set()
        while True:
            while await self._read(connection) == BATCH:
                pass
            async for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                pass

    async def _read(self, connection: Connection) -> int:
        rows = await _rows(connection, _AFTER, [*self._cursor, _KNOWN, BATCH])
        for cursor, event in rows:
            await self._pass_on(event)
            # Handlers first: who hears of an event on a stream and asks again must not meet a stale cache.
            self._cursor = cursor
            for queue in self._queues:
                if queue.wants(event):
                    queue.put(event)
        return len(rows)

    async def _pass_on(self, event: Event) -> None:
        for subscriber in self._subscribers.in_process(event.type):
            with correlated(event.correlation_id):
                try:
                    await subscriber.handler(event)
                except Exception:
                    log.exception("handler failed", subscriber=subscriber.name, event_id=str(event.id))


async def _here(connection: Connection) -> Cursor:
    """Just before the oldest open transaction: everything that commits from now on lies behind it."""
    row = await (await connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")).fetchone()
    assert row is not None
    return row[0], _NIL


async def _rows(connection: Connection, query: LiteralString, values: list[Any]) -> list[tuple[Cursor, Event]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, values)
        return [((row.pop("xid"), row["id"]), Event(**row)) for row in await cursor.fetchall()]
