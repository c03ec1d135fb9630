"""The news feature over the market's own services, on a real database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from asxos.core.events.event_bus import EventBus
from asxos.features.news.repositories import AnnouncementRepository, TextModelRepository
from asxos.features.news.services import LearningService, NewsIngestService, NewsService
from asxos.providers.news import NEWS_SCHEMA, NewsBatch
from asxos.providers.prices import Refused
from tests.features.market.conftest import Frames, Market, market
from tests.features.market.test_ingest import D, on

__all__ = ["market"]

# Noon in Sydney on the first session of the market below.
NOON = datetime(D[0].year, D[0].month, D[0].day, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """A provider of what it is given: `(code, instant, headline[, marked, pages])` each, one batch."""

    news: Sequence[tuple[Any, ...]]
    refused: tuple[Refused, ...] = ()
    source: str = "test"
    is_simulated: bool = False
    file: str | None = field(default="test.csv")

    def batches(self) -> Iterator[NewsBatch]:
        rows = [(f"{code}.AX", *rest, *(None,) * (4 - len(rest)), n) for n, (code, *rest) in enumerate(self.news, 2)]
        yield NewsBatch(self.source, pl.DataFrame(rows, schema=NEWS_SCHEMA, orient="row"), self.refused, self.file)


@dataclass(frozen=True)
class News:
    """A market with BHP and CBA, and what they told."""

    market: Market
    announcements: AnnouncementRepository
    models: TextModelRepository
    learning: LearningService
    ingest: NewsIngestService
    read: NewsService

    async def id(self, code: str) -> int:
        return (await self.market.read.resolve(code)).id


def over(found: Market) -> News:
    announcements, models = AnnouncementRepository(found.db), TextModelRepository(found.db)
    learning = LearningService(announcements, models, market=found.read)
    ingest = NewsIngestService(
        announcements,
        learning,
        market=found.read,
        lock=found.stores.ingests,
        clock=found.clock,
        db=found.db,
        event_bus=EventBus(found.db),
    )
    return News(found, announcements, models, learning, ingest, NewsService(announcements, market=found.read))


@pytest.fixture
async def news(market: Market) -> News:
    await market.ingest.ingest(Frames([on(D, [100.0] * 6), on(D, [50.0] * 6, "CBA.AX")]))
    return over(market)
