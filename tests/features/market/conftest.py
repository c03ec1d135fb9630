"""The market's services over a real database, a clock that stands still, and providers made of small frames."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache

import polars as pl
import pytest

from asxos.core.clock import FixedClock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.domain.calendar import Session, xasx_sessions
from asxos.features.market.services import IngestService, MarketService, ReferenceService, Stores
from asxos.providers.prices import PriceBatch, Refused, no_actions

NOW = datetime(2024, 12, 30, 9, tzinfo=UTC)


@cache
def calendar() -> tuple[Session, ...]:
    """The sessions of a few years: made once, because it takes seconds."""
    return tuple(xasx_sessions(date(2004, 1, 1), date(2027, 12, 31)))


def sessions(count: int, first: date = date(2024, 1, 8)) -> list[date]:
    """The next sessions of the exchange from `first` on."""
    return [s.session_date for s in calendar() if s.session_date >= first][:count]


@dataclass(frozen=True)
class Frames:
    """A provider of what it is given, one batch a frame."""

    frames: Sequence[pl.DataFrame]
    actions: pl.DataFrame = field(default_factory=no_actions)
    refused: tuple[Refused, ...] = ()
    source: str = "test"
    is_simulated: bool = False

    def batches(self, symbols: Sequence[str] | None = None, since: date | None = None) -> Iterator[PriceBatch]:
        for number, frame in enumerate(self.frames):
            kept = frame if since is None else frame.filter(pl.col("session_date") >= since)
            kept = kept if symbols is None else kept.filter(pl.col("symbol").is_in(symbols))
            actions, refused = (self.actions, self.refused) if number == 0 else (no_actions(), ())
            yield PriceBatch(self.source, kept, actions, refused, "test.csv", ("a note",))

    def count(self) -> int | None:
        return sum(frame.height for frame in self.frames)


@dataclass(frozen=True)
class Market:
    """Everything a test of the market needs."""

    db: Database
    stores: Stores
    clock: FixedClock
    ingest: IngestService
    reference: ReferenceService
    read: MarketService

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        async with self.db.connection() as connection:
            return await (await connection.execute(query)).fetchall()  # pyright: ignore[reportArgumentType, reportCallIssue]

    def later(self, **span: float) -> datetime:
        self.clock.instant += timedelta(**span)
        return self.clock.instant


@pytest.fixture
async def market(db: Database) -> Market:
    """An empty market whose sessions are known."""
    stores, clock, bus = Stores.over(db), FixedClock(NOW), EventBus(db)
    await stores.sessions.save(calendar())
    return Market(
        db,
        stores,
        clock,
        IngestService(stores, clock=clock, db=db, event_bus=bus),
        ReferenceService(stores, clock=clock, db=db, event_bus=bus),
        MarketService(stores, clock=clock),
    )
