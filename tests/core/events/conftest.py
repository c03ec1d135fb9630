"""What the tests of the bus share: one fact to announce."""

import pytest

from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import Event, EventType, PortfolioChanged


@pytest.fixture
def bus(db: Database) -> EventBus:
    return EventBus(db)


def portfolio_changed(id: int = 1, reason: str = "import") -> Event:
    return Event.of(EventType.PORTFOLIO_CHANGED, PortfolioChanged(portfolio_id=id, reason=reason), source="tests")


async def published(db: Database, bus: EventBus, *events: Event) -> None:
    """Publish in a transaction of their own."""
    async with db.transaction():
        for event in events:
            await bus.publish(event)
