"""What companies publish, joined: their figures, short positions, announcements, and sectors beside them."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from asxos.core.clock import Clock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.domain.facts import NO_FACTS, Facts
from asxos.features.fundamentals.services import Books, FactIngestService, FundamentalService
from asxos.features.market.services import MarketService, Stores
from asxos.features.news.repositories import AnnouncementRepository, TextModelRepository
from asxos.features.news.services import LearningService, NewsIngestService, NewsService


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


@dataclass(frozen=True)
class Companies:
    """The services of what companies publish: read and brought in, figures and announcements."""

    fundamentals: FundamentalService
    facts: FactIngestService
    news: NewsService
    told: NewsIngestService


def join_companies(
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
