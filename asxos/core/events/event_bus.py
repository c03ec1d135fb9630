"""EventBus: publish in the transaction that made the change, deliver after it has committed."""

from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from asxos.core.db import Database
from asxos.core.events.deliveries import DELIVER_EVENT, Deliveries
from asxos.core.events.errors import InvalidPayload
from asxos.core.events.subscribers import Handler, Subscriber, Subscribers
from asxos.core.events.types import PAYLOADS, Event, EventType
from asxos.core.events.wakeups import Wakeups
from asxos.core.logging import current_correlation_id

# One round trip: the event, and for each durable subscriber a delivery in the engine's queue.
_PUBLISH: LiteralString = """
WITH event AS (
  INSERT INTO events (type, payload, source, occurred_at, user_id, correlation_id)
  VALUES (%(type)s, %(payload)s, %(source)s, %(timestamp)s, %(user_id)s, %(correlation_id)s)
  RETURNING id, xid
), queued AS (
  INSERT INTO pgqueuer (priority, entrypoint, status, payload)
  SELECT 0, %(entrypoint)s, 'queued',
         convert_to(json_build_object('event_id', event.id, 'subscriber', subscriber)::text, 'UTF8')
  FROM event, unnest(%(subscribers)s::text[]) AS subscriber
)
SELECT xid::text FROM event
"""

_HISTORY: LiteralString = """
SELECT id, type, payload, source, occurred_at AS timestamp, user_id, correlation_id FROM events
WHERE type = ANY(%(types)s) AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s
"""


class EventBus:
    """Events are rows. Durable subscribers each get a delivery of their own, in-process ones are served by EventFeed.

    The composition root subscribes the same handlers in every process (API, worker, command), because the process that
    publishes writes the deliveries and another may carry them out.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self.subscribers = Subscribers()
        self.wakeups = Wakeups(db)
        self.deliveries = Deliveries(db, self.subscribers, self.wakeups)

    def subscribe(
        self, event_type: EventType, handler: Handler, *, name: str | None = None, durable: bool = True
    ) -> Handler:
        """Call `handler` for every event of this type published from now on; returns `handler`.

        A durable handler runs in a transaction of its own, at least once; what it writes to the database counts exactly
        once. It is not told in order. Slow work belongs in a job that it defers. One that is not durable runs in every
        process that has a feed, in order, and misses what happened while the process was down: for caches and streams.
        `name` (default: the handler's qualified name) is stored with each delivery, so renaming strands those waiting.

        Raises: DuplicateSubscriber.
        """
        self.subscribers.add(event_type, Subscriber(name or handler.__qualname__, handler, durable))
        return handler

    async def publish(self, event: Event) -> None:
        """Store the event and its deliveries in the open transaction: they exist if, and only if, it commits.

        Raises:
            TransactionRequired: no transaction is open, so change and event could part.
            InvalidPayload: the payload does not fit `PAYLOADS[event.type]`.
        """
        values = {
            "type": event.type,
            "payload": Jsonb(_checked(event)),
            "source": event.source,
            "timestamp": event.timestamp,
            "user_id": event.user_id,
            "correlation_id": event.correlation_id or current_correlation_id(),
            "entrypoint": DELIVER_EVENT,
            "subscribers": self.subscribers.durable(event.type),
        }
        async with self._db.joined() as connection:
            row = await (await connection.execute(_PUBLISH, values)).fetchone()
        assert row is not None
        self.wakeups.after(row[0])

    async def get_history(
        self, event_type: EventType | None = None, limit: int = 1000, before: UUID | None = None
    ) -> list[Event]:
        """Events newest first; `before` (an event's id) continues a page."""
        # All types: those of this version, since a newer one beside it may publish more.
        types = list(map(str, EventType)) if event_type is None else [event_type]
        values = {"types": types, "before": before, "limit": limit}
        async with self._db.connection() as connection, connection.cursor(row_factory=class_row(Event)) as cursor:
            await cursor.execute(_HISTORY, values)
            return await cursor.fetchall()


def _checked(event: Event) -> dict[str, object]:
    try:
        return PAYLOADS[event.type].model_validate(event.payload).model_dump(mode="json")
    except ValidationError as error:
        raise InvalidPayload(event.type, error) from error
