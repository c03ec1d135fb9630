"""The composition root: the only place where the parts are made and joined."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time
from typing import Any, TypeVar, cast

from prometheus_client import CollectorRegistry

from asxos.core.cache import AnswerCache, MemoryCache
from asxos.core.clock import Clock, SystemClock
from asxos.core.db import Database, make_pool
from asxos.core.events.event_bus import EventBus
from asxos.core.events.feed import EventFeed
from asxos.core.events.types import Event, EventType
from asxos.core.home import database
from asxos.core.jobs.queue import JobQueue
from asxos.core.migrate import migrate
from asxos.core.schedule import Daily, Timetable
from asxos.core.settings import Settings
from asxos.features.market.jobs import INGEST_PRICES, MarketJobs
from asxos.features.signals.events import SignalHandlers
from asxos.features.signals.jobs import SignalJobs
from asxos.features.signals.repositories import ReasonRepository, SignalRepository
from asxos.features.signals.services import SignalService

S = TypeVar("S")

CACHE_DROPS: Mapping[EventType, tuple[str, ...]] = {
    EventType.SIGNAL_GENERATED: ("signals", "models"),
    EventType.PRICE_UPDATED: ("prices", "securities", "signals"),
    EventType.JOB_COMPLETED: ("models",),
}
"""Which cached reads an event makes stale; the tags are those of `api.HOT_PATHS`."""

# Half an hour after the close is settled (16:21:30), so that providers have the day's bars.
DAILY_INGEST_AT = time(18, 30)


@dataclass(frozen=True)
class System:
    """Every part, joined. `services` holds what doors ask for by type."""

    settings: Settings
    database_url: str
    clock: Clock
    db: Database
    event_bus: EventBus
    feed: EventFeed
    jobs: JobQueue
    timetable: Timetable
    cache: AnswerCache
    metrics: CollectorRegistry
    services: Mapping[type, Any]

    def service(self, kind: type[S]) -> S:
        """The one `kind` there is."""
        return cast(S, self.services[kind])

    async def check(self) -> None:
        """Raises: DatabaseUnavailable."""
        async with self.db.connection() as connection:
            await connection.execute("SELECT 1")


@asynccontextmanager
async def open_system(settings: Settings, *, simulated: bool | None = None) -> AsyncGenerator[System, None]:
    """The system over a migrated database, its pool open; an embedded server runs while inside."""
    with database(settings, simulated=simulated) as url:
        await migrate(url)
        system = build(settings, url)
        await system.db.open()
        try:
            yield system
        finally:
            await system.db.close()


def build(settings: Settings, url: str, *, clock: Clock | None = None) -> System:
    """Join the parts over the database at `url`. Opens nothing: no connection, no thread, no file but models.yaml."""
    clock = clock or SystemClock()
    db = Database(make_pool(url, max_size=settings.pool_size))
    event_bus = EventBus(db)
    jobs = JobQueue(db, event_bus)
    cache = MemoryCache()

    market = MarketService(MarketRepository(db), clock=clock, db=db, event_bus=event_bus)
    ingest = IngestService(MarketRepository(db), clock=clock, db=db, event_bus=event_bus)
    registry = ModelRegistry.from_yaml(settings.models_config)
    training = TrainingService(ModelVersionRepository(db), registry, db=db, event_bus=event_bus)
    models = ModelService(training, registry, db=db, event_bus=event_bus)
    signals = SignalService(
        SignalRepository(db),
        ReasonRepository(db),
        market=market,
        models=models,
        clock=clock,
        db=db,
        event_bus=event_bus,
    )

    MarketJobs(ingest, Providers(settings, market, clock).open).register(jobs)
    SignalJobs(signals).register(jobs)
    handlers = SignalHandlers(jobs)
    event_bus.subscribe(EventType.PRICE_UPDATED, handlers.handle_price_updated, name="signals.rank_new_prices")
    _drop_stale_answers(event_bus, cache)

    return System(
        settings=settings,
        database_url=url,
        clock=clock,
        db=db,
        event_bus=event_bus,
        feed=EventFeed(url, db, event_bus),
        jobs=jobs,
        timetable=Timetable(_entries(settings), jobs, market),
        cache=cache,
        metrics=CollectorRegistry(),
        services={type(part): part for part in (market, ingest, models, training, signals, jobs, event_bus)},
    )


def _entries(settings: Settings) -> list[Daily]:
    """Prices are fetched only where a provider is set; rankings follow from their event."""
    return [Daily(INGEST_PRICES, DAILY_INGEST_AT)] if settings.provider else []


def _drop_stale_answers(event_bus: EventBus, cache: AnswerCache) -> None:
    async def drop(event: Event) -> None:
        for tag in CACHE_DROPS[event.type]:
            cache.drop(tag)

    for event_type in CACHE_DROPS:
        event_bus.subscribe(event_type, drop, name="cache.drop", durable=False)
