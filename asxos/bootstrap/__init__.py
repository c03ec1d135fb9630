"""The composition root: the only place where the parts are made and joined."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time
from functools import partial
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry

from asxos.bootstrap.companies import Companies, CompanyFacts, join_companies
from asxos.bootstrap.modelling import Modelling, join_models
from asxos.bootstrap.portfolios import Portfolios, join_portfolios
from asxos.bootstrap.rankings import Rankings, join_rankings
from asxos.bootstrap.sources import open_announcements, open_provider, simulated_tables
from asxos.core.cache import AnswerCache, MemoryCache
from asxos.core.clock import Clock, SystemClock
from asxos.core.compute import Compute
from asxos.core.db import Database, make_pool
from asxos.core.events.event_bus import EventBus
from asxos.core.events.feed import EventFeed
from asxos.core.events.types import Event, EventType
from asxos.core.home import database
from asxos.core.jobs.queue import JobQueue
from asxos.core.migrate import migrate
from asxos.core.schedule import Daily, Timetable
from asxos.core.settings import Settings
from asxos.features.backtests.jobs import BacktestJobs
from asxos.features.backtests.repositories import BacktestRepository
from asxos.features.backtests.services import BacktestService
from asxos.features.fundamentals.jobs import FactJobs
from asxos.features.market.jobs import INGEST_PRICES, MarketJobs
from asxos.features.market.services import IngestService, MarketService, ReferenceService, Stores
from asxos.features.market.services.calendars import MarketCalendar
from asxos.features.models.jobs import ModelJobs
from asxos.features.models.registry import ModelRegistry
from asxos.features.news.jobs import NewsJobs
from asxos.features.portfolio.events import PortfolioHandlers
from asxos.features.portfolio.jobs import PortfolioJobs
from asxos.features.signals.events import SignalHandlers
from asxos.features.signals.jobs import SignalJobs

S = TypeVar("S")


CACHE_DROPS: Mapping[EventType, tuple[str, ...]] = {
    EventType.SIGNAL_GENERATED: ("signals", "models"),
    EventType.PRICE_UPDATED: ("prices", "securities", "signals"),
    EventType.NEWS_INGESTED: ("news",),
    EventType.JOB_COMPLETED: ("models", "signals"),
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
        found: S = self.services[kind]
        return found

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


@dataclass(frozen=True)
class _Joined:
    """The services, feature by feature."""

    market: MarketService
    ingest: IngestService
    reference: ReferenceService
    companies: Companies
    modelling: Modelling
    rankings: Rankings
    backtests: BacktestService
    portfolios: Portfolios

    def parts(self) -> tuple[object, ...]:
        """Every service."""
        groups = (self.companies, self.modelling, self.rankings, self.portfolios)
        grouped = [part for group in groups for part in vars(group).values()]
        return (self.market, self.ingest, self.reference, self.backtests, *grouped)


def build(settings: Settings, url: str, *, clock: Clock | None = None) -> System:
    """Join the parts over the database at `url`. Opens nothing: no connection, no thread, no file but models.yaml."""
    clock = clock or SystemClock()
    db = Database(make_pool(url, max_size=settings.pool_size))
    event_bus, stores, cache = EventBus(db), Stores.over(db), MemoryCache()
    jobs, feed = JobQueue(db, event_bus), EventFeed(url, db, event_bus)
    joined = _join(settings, stores, clock=clock, db=db, event_bus=event_bus)
    _register_jobs(joined, jobs, settings, clock)
    _subscribe(joined, jobs, event_bus, cache)
    return System(
        settings=settings,
        database_url=url,
        clock=clock,
        db=db,
        event_bus=event_bus,
        feed=feed,
        jobs=jobs,
        timetable=Timetable(_entries(settings), jobs, MarketCalendar(stores.sessions)),
        cache=cache,
        metrics=CollectorRegistry(),
        services={type(part): part for part in (*joined.parts(), jobs, event_bus, feed)},
    )


def _join(settings: Settings, stores: Stores, *, clock: Clock, db: Database, event_bus: EventBus) -> _Joined:
    market = MarketService(stores, clock=clock)
    companies = join_companies(stores, market, clock=clock, db=db, event_bus=event_bus)
    registry, compute = ModelRegistry.from_yaml(settings.models_config), Compute(settings.compute)
    known = CompanyFacts(market, companies.fundamentals, companies.news)
    modelling = join_models(db, event_bus, registry, panels=market, facts=known, clock=clock, compute=compute)
    rankings = join_rankings(market, modelling.models, clock=clock, db=db, event_bus=event_bus)
    backtests = BacktestRepository(db)
    return _Joined(
        market=market,
        ingest=IngestService(stores, clock=clock, db=db, event_bus=event_bus),
        reference=ReferenceService(stores, clock=clock, db=db, event_bus=event_bus),
        companies=companies,
        modelling=modelling,
        rankings=rankings,
        backtests=BacktestService(
            backtests, market=market, rankings=modelling.past, clock=clock, db=db, event_bus=event_bus
        ),
        portfolios=join_portfolios(
            market,
            rankings.signals,
            companies.fundamentals,
            tax_reform=settings.tax_reform,
            clock=clock,
            db=db,
            event_bus=event_bus,
        ),
    )


def _register_jobs(joined: _Joined, jobs: JobQueue, settings: Settings, clock: Clock) -> None:
    market, companies, modelling, rankings = joined.market, joined.companies, joined.modelling, joined.rankings
    MarketJobs(joined.ingest, partial(open_provider, settings, market, clock)).register(jobs)
    FactJobs(companies.facts, partial(simulated_tables, market, clock)).register(jobs)
    NewsJobs(companies.told, partial(open_announcements, market, clock)).register(jobs)
    ModelJobs(modelling.models, modelling.promotion).register(jobs)
    SignalJobs(rankings.signals, rankings.outcomes).register(jobs)
    BacktestJobs(joined.backtests).register(jobs)
    PortfolioJobs(joined.portfolios.valuations).register(jobs)


def _subscribe(joined: _Joined, jobs: JobQueue, event_bus: EventBus, cache: AnswerCache) -> None:
    signals, portfolios = SignalHandlers(jobs), PortfolioHandlers(joined.portfolios.valuations, jobs)
    for event_type, handler, name in (
        (EventType.PRICE_UPDATED, signals.handle_price_updated, "signals.rank_new_prices"),
        (EventType.SIGNAL_GENERATED, signals.handle_signal_generated, "signals.settle_outcomes"),
        (EventType.PORTFOLIO_CHANGED, portfolios.handle_portfolio_changed, "portfolio.revalue"),
        (EventType.PRICE_UPDATED, portfolios.handle_price_updated, "portfolio.revalue"),
        (EventType.SIGNAL_GENERATED, portfolios.handle_signal_generated, "portfolio.revalue"),
    ):
        event_bus.subscribe(event_type, handler, name=name)
    _drop_stale_answers(event_bus, cache, joined.market)


def _entries(settings: Settings) -> list[Daily]:
    """Prices are fetched only where a provider is set; rankings follow from their event."""
    return [Daily(INGEST_PRICES, DAILY_INGEST_AT)] if settings.provider else []


def _drop_stale_answers(event_bus: EventBus, cache: AnswerCache, market: MarketService) -> None:
    async def drop(event: Event) -> None:
        if event.type is EventType.PRICE_UPDATED:
            market.forget()
        for tag in CACHE_DROPS[event.type]:
            cache.drop(tag)

    for event_type in CACHE_DROPS:
        event_bus.subscribe(event_type, drop, name="cache.drop", durable=False)
