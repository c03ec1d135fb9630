"""Portfolios over a real database and a small market of real prices, at an evening in December 2024."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import polars as pl
import pytest
from httpx2 import ASGITransport, AsyncClient

from asxos.api import create_app
from asxos.bootstrap import System, build
from asxos.core.clock import FixedClock
from asxos.features.market.services import IngestService, MarketService
from asxos.features.signals.records import Signal
from asxos.features.signals.repositories import SignalRepository
from tests.features.market.conftest import Frames, calendar, sessions
from tests.features.market.test_ingest import on
from tests.published import plain_settings

NOW = datetime(2024, 12, 30, 9, tzinfo=UTC)
DAYS = sessions(8, datetime(2024, 12, 17).date())  # noqa: DTZ001 - a date only


@asynccontextmanager
async def market_of(
    url: str, frames: Sequence[pl.DataFrame], rank: Callable[[Mapping[str, int]], list[Signal]]
) -> AsyncGenerator[System, None]:
    """A market of these bars at `NOW`, of which the ensemble has published `rank` of the securities' ids by symbol."""
    built = build(plain_settings(), url, clock=FixedClock(NOW))
    await built.db.open()
    try:
        market = built.service(MarketService)
        await market.stores.sessions.save(calendar())
        await built.service(IngestService).ingest(Frames(list(frames)))
        ids = {share.symbol: share.id for share in (await market.directory()).values()}
        await SignalRepository(built.db).persist_signals(rank(ids), "ensemble", DAYS[-1], NOW)
        yield built
    finally:
        await built.db.close()


@asynccontextmanager
async def small_market(url: str) -> AsyncGenerator[System, None]:
    """BHP, CBA and, without a bar for six sessions, OLD; the ensemble has ranked BHP and CBA."""
    frames = [
        on(DAYS, [40.0] * 7 + [41.0]),
        on(DAYS, [150.0] * 7 + [147.0], "CBA.AX"),
        on(DAYS, [1.5, 1.5], "OLD.AX"),
    ]

    def rank(ids: Mapping[str, int]) -> list[Signal]:
        return [
            Signal(ids["BHP.AX"], "BHP.AX", 1, 0.3, 0.57, 0.01, "BUY", 0.57, -0.1, 0.12),
            Signal(ids["CBA.AX"], "CBA.AX", 2, -0.3, 0.45, -0.01, "SELL", 0.55, -0.1, 0.08),
        ]

    async with market_of(url, frames, rank) as built:
        yield built


@pytest.fixture
async def system(database_url: str) -> AsyncIterator[System]:
    async with small_market(database_url) as built:
        yield built


@pytest.fixture
async def client(system: System) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(create_app(system))
    async with AsyncClient(transport=transport, base_url="http://test/api/v1") as client:
        yield client
