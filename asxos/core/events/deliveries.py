"""Deliveries: one event to one durable subscriber, retried, and dead-lettered when it never succeeds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import structlog
from psycopg.rows import class_row, dict_row

from asxos.core.db import Database
from asxos.core.events.errors import NoDeadLetter
from asxos.core.events.subscribers import Subscribers
from asxos.core.events.types import Event, EventType
from asxos.core.events.wakeups import Wakeups
from asxos.core.jobs.retry import WorkerDied, backoff
from asxos.core.logging import correlated

DELIVER_EVENT = "deliver_event"
"""The engine's name for a delivery."""

MAX_ATTEMPTS = 6
"""With the pauses between them the last attempt comes six minutes after the first."""

log = structlog.get_logger()

# The engine logs every pick, also those of a worker that was killed: a poison event that takes its worker down with it
# is counted too, and ends.
_LOAD: LiteralString = """
SELECT id, type, payload, source, occurred_at AS timestamp, user_id, correlation_id,
  (SELECT count(*) FROM pgqueuer_log WHERE job_id = %s AND status = 'picked') AS attempts
FROM events WHERE id = %s
"""

_CLAIM: LiteralString = """
INSERT INTO deliveries (event_id, subscriber, state, attempts) VALUES (%s, %s, 'done', %s)
ON CONFLICT (event_id, subscriber) DO NOTHING
"""

_BURY: LiteralString = """
INSERT INTO deliveries (event_id, subscriber, state, attempts, error) VALUES (%s, %s, 'dead', %s, %s)
ON CONFLICT (event_id, subscriber) DO NOTHING
"""

_DEAD: LiteralString = """
SELECT d.id, d.event_id, e.type AS event_type, e.payload, d.subscriber, d.attempts, d.error, d.finished_at
FROM deliveries d JOIN events e ON e.id = d.event_id
WHERE d.state = 'dead' ORDER BY d.id DESC LIMIT %s
"""

_RETRY: LiteralString = """
WITH freed AS (
  DELETE FROM deliveries WHERE id = %(id)s AND state = 'dead' RETURNING event_id, subscriber
), queued AS (
  INSERT INTO pgqueuer (priority, entrypoint, status, payload)
  SELECT 0, %(entrypoint)s, 'queued',
         convert_to(json_build_object('event_id', event_id, 'subscriber', subscriber)::text, 'UTF8')
  FROM freed
)
SELECT pg_current_xact_id()::text FROM freed
"""

_REPLAY: LiteralString = """
WITH chosen AS (
  SELECT id FROM events WHERE type = %(type)s AND occurred_at >= %(since)s
  AND (%(until)s::timestamptz IS NULL OR occurred_at < %(until)s)
), freed AS (
  DELETE FROM deliveries d USING chosen WHERE d.event_id = chosen.id AND d.subscriber = %(subscriber)s
), queued AS (
  INSERT INTO pgqueuer (priority, entrypoint, status, payload)
  SELECT 0, %(entrypoint)s, 'queued',
         convert_to(json_build_object('event_id', id, 'subscriber', %(subscriber)s::text)::text, 'UTF8')
  FROM chosen ORDER BY id
)
SELECT count(*), pg_current_xact_id()::text FROM chosen
"""


@dataclass(frozen=True)
class DeadLetter:
    """An event that one subscriber could not take in; `error` is what its last attempt said."""

    id: int
    event_id: UUID
    event_type: EventType
    payload: dict[str, Any]
    subscriber: str
    attempts: int
    error: str
    finished_at: datetime


class Deliveries:
    """Carries out the deliveries that `EventBus.publish` queued."""

    def __init__(self, db: Database, subscribers: Subscribers, wakeups: Wakeups) -> None:
        self._db = db
        self._subscribers = subscribers
        self._wakeups = wakeups

    async def deliver(self, queue_id: int, event_id: UUID, subscriber: str) -> timedelta | None:
        """Hand one event to one subscriber; returns how long to wait before another attempt, None when it is over.

        The handler shares its transaction with the record of the delivery: what it writes to the database happens
        exactly once, though the delivery may be attempted, or even run, several times.
        """
        row = await self._load(queue_id, event_id)
        attempts: int = row.pop("attempts")
        with correlated(row["correlation_id"]):
            try:
                await self._hand_over(Event(**row), subscriber, attempts)
            except Exception as error:
                log.warning("delivery failed", subscriber=subscriber, event_id=str(event_id), exc_info=error)
                return await self._failed(event_id, subscriber, attempts, f"{type(error).__name__}: {error}")
        return None

    async def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """Deliveries given up, latest first."""
        async with self._db.connection() as connection, connection.cursor(row_factory=class_row(DeadLetter)) as cursor:
            await cursor.execute(_DEAD, [limit])
            return await cursor.fetchall()

    async def retry_dead(self, id: int) -> None:
        """Queue a dead letter again, with all its attempts. Raises: NoDeadLetter."""
        async with self._db.connection() as connection:
            row = await (await connection.execute(_RETRY, {"id": id, "entrypoint": DELIVER_EVENT})).fetchone()
        if row is None:
            raise NoDeadLetter(id)
        self._wakeups.after(row[0])

    async def replay(
        self, event_type: EventType, subscriber: str, since: datetime, until: datetime | None = None
    ) -> int:
        """Deliver again what happened in [since, until) to one subscriber, done before or not; returns how many events.

        Raises: UnknownSubscriber.
        """
        self._subscribers.get(event_type, subscriber)
        values = {"type": event_type, "subscriber": subscriber, "since": since, "until": until}
        async with self._db.connection() as connection:
            row = await (await connection.execute(_REPLAY, {**values, "entrypoint": DELIVER_EVENT})).fetchone()
        assert row is not None
        self._wakeups.after(row[1])
        return int(row[0])

    async def _load(self, queue_id: int, event_id: UUID) -> dict[str, Any]:
        async with self._db.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            row = await (await cursor.execute(_LOAD, [queue_id, event_id])).fetchone()
        assert row is not None, "a delivery is queued in the transaction that stores its event"
        return row

    async def _hand_over(self, event: Event, subscriber: str, attempts: int) -> None:
        if attempts > MAX_ATTEMPTS:
            raise WorkerDied(attempts - 1)
        async with self._db.transaction() as connection:
            claimed = await connection.execute(_CLAIM, [event.id, subscriber, attempts])
            if claimed.rowcount == 1:
                await self._subscribers.get(event.type, subscriber).handler(event)

    async def _failed(self, event_id: UUID, subscriber: str, attempts: int, error: str) -> timedelta | None:
        if attempts < MAX_ATTEMPTS:
            return backoff(attempts)
        async with self._db.connection() as connection:
            await connection.execute(_BURY, [event_id, subscriber, attempts, error])
        return None
