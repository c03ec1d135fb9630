"""What the tests of jobs share."""

import pytest

from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import EventType, JobCompleted
from asxos.core.jobs.queue import JobQueue


@pytest.fixture
def bus(db: Database) -> EventBus:
    return EventBus(db)


@pytest.fixture
def jobs(db: Database, bus: EventBus) -> JobQueue:
    return JobQueue(db, bus)


async def completions(bus: EventBus) -> list[JobCompleted]:
    """What was announced of jobs that ended, oldest first."""
    events = await bus.get_history(EventType.JOB_COMPLETED)
    return [JobCompleted.model_validate(e.payload) for e in reversed(events)]
