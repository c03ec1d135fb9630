"""The composition root: the only place where the parts are made and joined."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, TypeVar

import polars as pl
from prometheus_client import CollectorRegistry

from asxos.core.cache import AnswerCache, MemoryCache
from asxos.core.clock import Clock, SystemClock
from asxos.core.compute import HERE, Compute
from asxos.core.db import Database, make_pool
from asxos.core.errors import BadInput
from asxos.core.events.event_bus import EventBus
from asxos.core.events.feed import EventFeed
from asxos.core.events.types import Event, EventType
from asxos.core.home import database
from asxos.core.jobs.queue import JobQueue
from asxos.core.migrate import migrate
from asxos.core.schedule import Daily, Timetable
from asxos.core.settings import Settings
from asxos.domain.facts import NO_FACTS, Facts
from asxos.features.backtests.jobs import BacktestJobs
from asxos.features.backtests.repositories import BacktestRepository
from asxos.features.backtests.services import BacktestService
from asxos.features.fundamentals.jobs import FactJobs
from asxos.features.fundamentals.services import Books, FactIngestService, FundamentalService
from asxos.features.market.jobs import INGEST_PRICES, MarketJobs, PriceSource
from asxos.features.market.services import IngestService, MarketService, ReferenceService, Stores
from asxos.features.market.services.calendars import MarketCalendar
from asxos.features.models.jobs import ModelJobs
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.repositories import (
    InputRepository,
    ModelVersionRepository,
    PromotionRepository,
    WeightRepository,
)
from asxos.features.models.services import (
    CardService,
    FactSource,
    ModelService,
    Panels,
    PastRankingService,
    PromotionService,
    RankingService,
    RecipeService,
    ServingService,
    TrainingService,
    WeighingService,
)
from asxos.features.news.jobs import NewsJobs
from asxos.features.news.repositories import AnnouncementRepository, TextModelRepository
from asxos.features.news.services import LearningService, NewsIngestService, NewsService
from asxos.features.portfolio.events import PortfolioHandlers
from asxos.features.portfolio.jobs import PortfolioJobs
from asxos.features.portfolio.repositories import (
    ImportRepository,
    LedgerRepository,
    PortfolioRepository,
    ValuationRepository,
    WatchlistRepository,
)
from asxos.features.portfolio.services import (
    AttributionService,
    BenchmarkService,
    CandidateService,
    HistoryService,
    HoldingsService,
    ImportService,
    IncomeService,
    LedgerService,
    PerformanceService,
    RebalancingService,
    RiskService,
    ValuationService,
    WatchlistService,
)
from asxos.features.signals.events import SignalHandlers
from asxos.features.signals.jobs import SignalJobs
from asxos.features.signals.repositories import (
    OutcomeRepository,
    ReasonRepository,
    SignalLog,
    SignalRepository,
    VerificationRepository,
)
from asxos.features.signals.services import Deriver, OutcomeService, Publisher, RecordService, SignalService
from asxos.features.tax.repositories import CpiRepository
from asxos.features.tax.services import CpiService, PreviewService, TaxService
from asxos.providers.eodhd import EodhdPrices, eodhd_client
from asxos.providers.files import open_files
from asxos.providers.news import NewsProvider
from asxos.providers.news_files import open_news
from asxos.providers.prices import PriceProvider
from asxos.providers.simulated import SimulatedNews, SimulatedPrices
from asxos.providers.web import Vendor
from asxos.providers.yahoo import YahooPrices, yahoo_client

S = TypeVar("S")


class NoProvider(BadInput):
    """Prices or announcements are asked for and nothing says from where."""


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


@dataclass(frozen=True)
class CompanyFacts:
    """What several features know of companies, as models ask for it."""

    market: MarketService
    fundamentals: FundamentalService
    news: NewsService

    async def facts(self, as_of: date | None = None, recorded_before: datetime | None = None) -> Facts:
        """What was known at the close of `as_of` and stored before an instant (default: all there is).

        Sectors are not kept as they were: whoever needs them again keeps them.
        """
        return replace(
            NO_FACTS,
            fundamentals=await self.fundamentals.companies(as_of, recorded_before),
            shorts=await self.fundamentals.shorts(as_of, recorded_before),
            announcements=await self.news.facts(as_of, recorded_before),
            sectors=await self.market.sectors(as_of),
        )


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

    stores = Stores.over(db)
    market = MarketService(stores, clock=clock)
    ingest = IngestService(stores, clock=clock, db=db, event_bus=event_bus)
    reference = ReferenceService(stores, clock=clock, db=db, event_bus=event_bus)
    companies = _join_companies(stores, market, clock=clock, db=db, event_bus=event_bus)
    registry = ModelRegistry.from_yaml(settings.models_config)
    compute, known = Compute(settings.compute), CompanyFacts(market, companies.fundamentals, companies.news)
    modelling = join_models(db, event_bus, registry, panels=market, facts=known, clock=clock, compute=compute)
    published = _join_signals(market, modelling.models, clock=clock, db=db, event_bus=event_bus)
    signals = published.signals
    backtests = BacktestService(
        BacktestRepository(db),
        market=market,
        rankings=modelling.past,
        clock=clock,
        db=db,
        event_bus=event_bus,
    )

    MarketJobs(ingest, partial(_open_provider, settings, market, clock)).register(jobs)
    FactJobs(companies.facts, partial(_simulated_tables, market, clock)).register(jobs)
    NewsJobs(companies.told, partial(_open_news, market, clock)).register(jobs)
    ModelJobs(modelling.models, modelling.promotion).register(jobs)
    SignalJobs(signals, published.outcomes).register(jobs)
    BacktestJobs(backtests).register(jobs)
    handlers = SignalHandlers(jobs)
    event_bus.subscribe(EventType.PRICE_UPDATED, handlers.handle_price_updated, name="signals.rank_new_prices")
    event_bus.subscribe(EventType.SIGNAL_GENERATED, handlers.handle_signal_generated, name="signals.settle_outcomes")
    _drop_stale_answers(event_bus, cache, market)

    feed = EventFeed(url, db, event_bus)
    portfolio = _portfolio_parts(
        settings, market, signals, companies.fundamentals, clock=clock, db=db, event_bus=event_bus
    )
    _keep_valued(next(part for part in portfolio if isinstance(part, ValuationService)), jobs, event_bus)
    parts = (
        *(market, ingest, reference, backtests, jobs, event_bus, feed),
        *vars(published).values(),
        *vars(companies).values(),
        *vars(modelling).values(),
        *portfolio,
    )
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
        services={type(part): part for part in parts},
    )


@dataclass(frozen=True)
class Companies:
    """The services of what companies publish: read and brought in, figures and announcements."""

    fundamentals: FundamentalService
    facts: FactIngestService
    news: NewsService
    told: NewsIngestService


def _join_companies(
    stores: Stores, market: MarketService, *, clock: Clock, db: Database, event_bus: EventBus
) -> Companies:
    books, announcements, lock = Books.over(db), AnnouncementRepository(db), stores.ingests
    learning = LearningService(announcements, TextModelRepository(db), market=market)
    return Companies(
        FundamentalService(books, market=market, clock=clock),
        FactIngestService(books, market=market, lock=lock, clock=clock),
        NewsService(announcements, market=market),
        NewsIngestService(announcements, learning, market=market, lock=lock, clock=clock, db=db, event_bus=event_bus),
    )


@dataclass(frozen=True)
class Modelling:
    """The services of the models."""

    training: TrainingService
    promotion: PromotionService
    recipes: RecipeService
    ranking: RankingService
    models: ModelService
    cards: CardService
    past: PastRankingService


def join_models(
    db: Database,
    event_bus: EventBus,
    registry: ModelRegistry,
    *,
    panels: Panels,
    facts: FactSource,
    clock: Clock,
    compute: Compute = HERE,
) -> Modelling:
    """The models' services over one database."""
    versions, ledger, weights = ModelVersionRepository(db), PromotionRepository(db), WeightRepository(db)
    training = TrainingService(versions, registry, db=db, event_bus=event_bus, compute=compute)
    promotion = PromotionService(ledger, versions, weights, registry, clock=clock)
    serving, weighing = ServingService(versions, ledger, registry), WeighingService(weights, training, registry)
    recipes, ranking = RecipeService(serving, weighing, registry), RankingService(training, registry)
    inputs = InputRepository(db)
    models = ModelService(training, promotion, recipes, ranking, registry, panels=panels, facts=facts, inputs=inputs)
    cards, past = CardService(serving, weights, registry), PastRankingService(serving, weighing)
    return Modelling(training, promotion, recipes, ranking, models, cards, past)


@dataclass(frozen=True)
class Published:
    """The services of rankings: made and read, published, held to what was published and to what followed."""

    signals: SignalService
    publisher: Publisher
    record: RecordService
    outcomes: OutcomeService


def _join_signals(
    market: MarketService, models: ModelService, *, clock: Clock, db: Database, event_bus: EventBus
) -> Published:
    rankings, reasons, log = SignalRepository(db), ReasonRepository(db), SignalLog(db)
    publisher = Publisher(rankings, reasons, log, clock=clock, db=db, event_bus=event_bus)
    signals = SignalService(rankings, reasons, publisher=publisher, market=market, models=models)
    deriver = Deriver(log, market=market, models=models)
    record = RecordService(log, rankings, VerificationRepository(db), deriver, clock=clock, event_bus=event_bus)
    outcomes = OutcomeService(OutcomeRepository(db), rankings, market=market, clock=clock)
    return Published(signals, publisher, record, outcomes)


def _portfolio_parts(
    settings: Settings,
    market: MarketService,
    signals: SignalService,
    companies: FundamentalService,
    *,
    clock: Clock,
    db: Database,
    event_bus: EventBus,
) -> tuple[object, ...]:
    ledgers = LedgerService(PortfolioRepository(db), LedgerRepository(db), clock=clock, db=db, event_bus=event_bus)
    holdings = HoldingsService(ledgers, prices=market, signals=signals)
    histories, benchmarks = HistoryService(ledgers, prices=market), BenchmarkService(prices=market)
    candidates = CandidateService(prices=market, signals=signals, companies=companies)
    cpi = CpiRepository(db)
    tax = TaxService(ledgers, cpi, market=market, reform=settings.tax_reform)
    return (
        ledgers,
        tax,
        PreviewService(tax),
        CpiService(cpi, clock=clock),
        ImportService(ImportRepository(db), ledgers, prices=market, db=db),
        holdings,
        AttributionService(histories, prices=market),
        IncomeService(ledgers, prices=market),
        PerformanceService(histories, benchmarks, prices=market),
        RiskService(holdings, histories, benchmarks, prices=market),
        RebalancingService(holdings, candidates, taxes=tax, prices=market, clock=clock),
        ValuationService(ValuationRepository(db), holdings, db=db),
        WatchlistService(WatchlistRepository(db), prices=market, signals=signals),
    )


def _keep_valued(valuations: ValuationService, jobs: JobQueue, event_bus: EventBus) -> None:
    """Portfolios are revalued after their own changes, after prices and after rankings."""
    PortfolioJobs(valuations).register(jobs)
    handlers = PortfolioHandlers(valuations, jobs)
    for event_type, handler in (
        (EventType.PORTFOLIO_CHANGED, handlers.handle_portfolio_changed),
        (EventType.PRICE_UPDATED, handlers.handle_price_updated),
        (EventType.SIGNAL_GENERATED, handlers.handle_signal_generated),
    ):
        event_bus.subscribe(event_type, handler, name="portfolio.revalue")


async def _open_provider(settings: Settings, market: MarketService, clock: Clock, source: PriceSource) -> PriceProvider:
    """The provider a source asks for; without a path or a name, the one of the settings. Raises: NoProvider."""
    if source.path is not None:
        return await asyncio.to_thread(open_files, source.path)
    match source.provider or settings.provider:
        case "yahoo":
            return YahooPrices(Vendor(yahoo_client()))
        case "eodhd":
            if settings.eodhd_api_key is None:
                raise NoProvider("eodhd needs its key in ASXOS_EODHD_API_KEY")
            return EodhdPrices(Vendor(eodhd_client(settings.eodhd_api_key)))
        case "simulated":
            return await _simulated(market, clock, source)
        case None:
            raise NoProvider("no price source: name a file or a provider, or set ASXOS_PROVIDER")


async def _open_news(market: MarketService, clock: Clock, source: Mapping[str, Any]) -> NewsProvider:
    """The announcements in a file, or of a simulated market. Raises: NoProvider; NoAnnouncements."""
    wanted = PriceSource.model_validate(source)
    if wanted.path is not None:
        return await asyncio.to_thread(open_news, wanted.path)
    if wanted.provider != "simulated":
        raise NoProvider("announcements come from a file: name it")
    return SimulatedNews(await _simulated(market, clock, wanted), clock.now())


async def _simulated(market: MarketService, clock: Clock, source: PriceSource) -> SimulatedPrices:
    today = clock.now().date()
    sessions = await market.sessions(today - timedelta(days=round(source.years * 366)), today)
    return SimulatedPrices(
        end=today, sessions=sessions, seed=source.seed, symbols=source.count, years=source.years, alpha=source.alpha
    )


async def _simulated_tables(
    market: MarketService, clock: Clock, source: Mapping[str, Any]
) -> Mapping[str, pl.DataFrame]:
    """What the companies of a simulated market published."""
    made = await _simulated(market, clock, PriceSource.model_validate(source))
    return vars(await asyncio.to_thread(made.facts))


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
