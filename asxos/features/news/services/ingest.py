"""Ingest of announcements: typed, given to their shares, stored and announced, and then learnt from."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from asxos.core.clock import Clock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import EventType, NewsIngested
from asxos.core.progress import Progress, Silent
from asxos.core.service import BaseService
from asxos.domain.bars.owners import owners_on
from asxos.domain.calendar import SYDNEY
from asxos.domain.text.headlines import read_headlines
from asxos.features.news.records import NewsReport, Stored
from asxos.features.news.repositories import AnnouncementRepository
from asxos.features.news.repositories.announcements import COLUMNS
from asxos.features.news.services.errors import MixedNews
from asxos.features.news.services.learning import LearningService
from asxos.features.news.services.ports import IngestLock, Market
from asxos.providers.news import NewsBatch, NewsProvider
from asxos.providers.prices import Refused

KEY = ("security_id", "known_at", "headline")


@dataclass(frozen=True)
class Placed:
    """`told`: COLUMNS of shares that we know, each once. `refused`: what is of nobody or from the future, in words."""

    told: pl.DataFrame
    refused: tuple[Refused, ...]
    refused_rows: int


class NewsIngestService(BaseService):
    """Announcements in. The same again changes nothing."""

    def __init__(
        self,
        announcements: AnnouncementRepository,
        learning: LearningService,
        *,
        market: Market,
        lock: IngestLock,
        clock: Clock,
        db: Database,
        event_bus: EventBus,
    ) -> None:
        super().__init__(db, event_bus)
        self.announcements = announcements
        self.learning = learning
        self.market = market
        self.lock = lock
        self.clock = clock

    async def ingest(self, provider: NewsProvider, progress: Progress | None = None) -> NewsReport:
        """Take in what `provider` delivers, then learn from what is new.

        Raises: MixedNews; IngestRunning; what the provider raises.
        """
        progress, began = progress or Silent(), self.clock.now()
        report = NewsReport(provider.source)
        is_simulated = await self.market.data_is_simulated()
        if is_simulated != provider.is_simulated:
            raise MixedNews(market_is_simulated=is_simulated)
        async with self.lock.alone():
            progress.step("announcements")
            batches = provider.batches()
            while (batch := await asyncio.to_thread(next, batches, None)) is not None:
                await self._take_in(batch, report)
            report.seconds = round((self.clock.now() - began).total_seconds(), 1)
            progress.step("words")
            report.models, report.read = await self.learning.catch_up(progress)
        return report

    async def _take_in(self, batch: NewsBatch, report: NewsReport) -> None:
        periods = await self.market.code_periods()
        placed = await asyncio.to_thread(place, batch, periods, self.clock.now())
        stored = await self._store(batch.source, placed.told)
        report.added += stored.added
        report.completed += stored.completed
        report.known += placed.told.height - stored.added - stored.completed
        report.refused_rows += placed.refused_rows
        report.refused += [str(refused) for refused in (*batch.refused, *placed.refused)]

    async def _store(self, source: str, told: pl.DataFrame) -> Stored:
        async with self.db.transaction():
            stored = await self.announcements.add(told, self.clock.now())
            if stored.added or stored.completed:
                fact = NewsIngested(source=source, count=stored.added + stored.completed)
                await self.publish_event(EventType.NEWS_INGESTED, fact)
        return stored


def place(batch: NewsBatch, periods: pl.DataFrame, now: datetime) -> Placed:
    """A batch's announcements with their shares, kinds and tones.

    Args: periods: who had which code when. now: what was lodged later is refused.
    """
    day = pl.col("known_at").dt.convert_time_zone(SYDNEY.key).dt.date()
    dated = batch.news.with_columns(as_of=day)
    owned = dated.with_columns(owners_on(dated, periods).alias("security_id"))
    is_past = pl.col("known_at") <= now
    known = owned.filter(is_past, pl.col("security_id").is_not_null())
    refused = [*_of_nobody(batch, owned.filter(is_past)), *_of_the_future(batch, owned.filter(~is_past))]
    once = known.unique(KEY, keep="first", maintain_order=True)
    told = once.hstack(read_headlines(once["headline"])).with_columns(source=pl.lit(batch.source))
    rows = len(batch.refused) + owned.height - known.height
    return Placed(told.select(*COLUMNS), tuple(refused), rows)


def _of_nobody(batch: NewsBatch, owned: pl.DataFrame) -> list[Refused]:
    """One line a code that no share of ours had."""
    nobody = owned.filter(pl.col("security_id").is_null()).group_by("symbol").len().sort("symbol")
    return [
        Refused(_file(batch), None, f"{symbol}: {n:,} of a code that no share had then") for symbol, n in nobody.rows()
    ]


def _of_the_future(batch: NewsBatch, future: pl.DataFrame) -> list[Refused]:
    rows = future.select("line", "known_at").rows()
    return [Refused(_file(batch), line, f"lodged in the future: {at:%Y-%m-%d %H:%M} UTC") for line, at in rows]


def _file(batch: NewsBatch) -> str:
    return batch.file or batch.source
