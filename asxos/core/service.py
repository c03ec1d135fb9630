"""BaseService: what every service shares, the database's transactions and the event bus."""

from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import Event, EventType, Payload
from asxos.core.logging import current_correlation_id


class BaseService:
    """Services hold the rules. They open transactions, call repositories and announce what changed."""

    def __init__(self, db: Database, event_bus: EventBus) -> None:
        self.db = db
        self.event_bus = event_bus

    async def publish_event(
        self,
        event_type: EventType,
        payload: Payload,
        source: str | None = None,
        user_id: str | None = None,
        correlation_id: str | None = None,
    ) -> Event:
        """Write the event into the open transaction: it exists if, and only if, the change it tells of does.

        Raises: TransactionRequired: no transaction is open.
        """
        event = Event.of(
            event_type,
            payload,
            source=source or type(self).__name__,
            user_id=user_id,
            correlation_id=correlation_id or current_correlation_id(),
        )
        await self.event_bus.publish(event)
        return event
