"""A database with a small simulated market, trained models and published rankings; made once a run, only read."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from asxos.bootstrap import System, build
from asxos.core.clock import FixedClock
from asxos.core.jobs.records import Job
from asxos.core.migrate import migrate
from asxos.core.settings import Settings
from asxos.features.backtests.services import RUN_BACKTEST
from asxos.features.fundamentals.jobs import SIMULATE_FACTS
from asxos.features.market.jobs import INGEST_PRICES
from asxos.features.news.jobs import INGEST_ANNOUNCEMENTS
from asxos.features.signals.services import GENERATE_SIGNALS, SETTLE_OUTCOMES

# A Friday evening in Sydney, after the close is settled.
NOW = datetime(2024, 6, 28, 10, 0, tzinfo=UTC)
MARKET = {"provider": "simulated", "seed": 3, "count": 60, "years": 4.0, "alpha": 0.1}
WEEKS = 2


def plain_settings() -> Settings:
    """Settings that no variable of the machine changes."""
    return Settings(pool_size=8)


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[System, None]:
    """The system over a migrated database, at `NOW`."""
    system = build(plain_settings(), url, clock=FixedClock(NOW))
    await system.db.open()
    try:
        yield system
    finally:
        await system.db.close()


async def fill(url: str) -> None:
    """Ingest the market and publish its rankings, as `asxos up` does; and one backtest."""
    async with opened(url) as system:
        await run(system, INGEST_PRICES, **MARKET)
        await run(system, SIMULATE_FACTS, **MARKET)
        await run(system, INGEST_ANNOUNCEMENTS, **MARKET)
        await run(system, GENERATE_SIGNALS, history=WEEKS)
        await run(system, SETTLE_OUTCOMES)
        await run(system, RUN_BACKTEST, model="momentum")


async def run(system: System, name: str, **args: object) -> Job:
    """Run a job here and return it when it is done."""
    return await system.jobs.run_now(name, args=args)


def fill_new(url: str) -> None:
    """`fill` a database that has nothing in it."""
    asyncio.run(migrate(url))
    asyncio.run(fill(url))
