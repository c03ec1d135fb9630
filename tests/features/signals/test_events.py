"""What follows from new prices and from new rankings."""

from asxos.bootstrap import System
from asxos.core.db import Database
from asxos.core.events.types import EventType
from asxos.features.signals.events import SignalHandlers
from asxos.features.signals.services import GENERATE_SIGNALS, SETTLE_OUTCOMES
from tests.features.signals.publishing import FRIDAY, publish, ranking
from tests.published import opened


async def jobs_after(system: System, event_type: EventType, *, is_price: bool) -> list[str]:
    """Names of the jobs queued by the latest event of a type, told twice."""
    handlers = SignalHandlers(system.jobs)
    handle = handlers.handle_price_updated if is_price else handlers.handle_signal_generated
    [event] = await system.event_bus.get_history(event_type, 1)
    for _ in range(2):
        await handle(event)
    return sorted(job.name for job in await system.jobs.list_jobs())


async def test_outcomes_are_settled_once_after_the_ensemble_has_spoken(db: Database, database_url: str) -> None:
    async with opened(database_url) as system:
        await publish(system, ranking("model_a", FRIDAY))
        assert await jobs_after(system, EventType.SIGNAL_GENERATED, is_price=False) == []
        await publish(system, ranking("ensemble", FRIDAY))
        assert await jobs_after(system, EventType.SIGNAL_GENERATED, is_price=False) == [SETTLE_OUTCOMES]


async def test_new_prices_are_ranked_and_outcomes_that_came_due_settled(db: Database, database_url: str) -> None:
    async with opened(database_url) as system:
        await publish(system, ranking("ensemble", FRIDAY))
        # any event does: its id alone is the key
        assert await jobs_after(system, EventType.SIGNAL_GENERATED, is_price=True) == [
            GENERATE_SIGNALS,
            SETTLE_OUTCOMES,
        ]
