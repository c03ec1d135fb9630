"""A backtest service over a real database, beside a small market and a model that are written out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from asxos.core.clock import FixedClock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.domain.facts import SECTORS
from asxos.features.backtests.repositories import BacktestRepository
from asxos.features.backtests.services import BacktestService
from tests.domain.backtest.markets import actions, day, panel, random_bars

SHARES, SESSIONS = 8, 90
NOW = datetime(2024, 7, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Named:
    symbol: str
    name: str | None = None


@dataclass(frozen=True)
class StubMarket:
    """A market that knows one panel."""

    bars: pl.DataFrame
    known: pl.DataFrame
    indices: Mapping[str, pl.DataFrame]
    simulated: bool = True

    async def panel(self, as_of: date | None = None, *, since: date | None = None) -> pl.DataFrame:
        return self.bars.filter(pl.col("session_date") >= since) if since else self.bars

    async def actions(self) -> pl.DataFrame:
        return self.known

    async def sectors(self, as_of: date | None = None) -> pl.DataFrame:
        rows = [(id, date(1990, 1, 1), "Materials" if id % 2 else "Financials") for id in range(1, SHARES)]
        return pl.DataFrame(rows, schema=dict(SECTORS), orient="row")

    async def total_return_indices(self) -> Mapping[str, pl.DataFrame]:
        return self.indices

    async def directory(self, ids: Sequence[int] | None = None) -> Mapping[int, Named]:
        return {id: Named(f"Z{id:02d}A.AX") for id in ids or ()}

    async def data_is_simulated(self) -> bool:
        return self.simulated


@dataclass(frozen=True)
class StubRankings:
    """One model's evidence."""

    rows: pl.DataFrame

    async def past_rankings(self, model_id: str, first: date | None, last: date | None) -> pl.DataFrame:
        return self.rows.filter(pl.col("session_date").is_between(first or date.min, last or date.max))


@dataclass
class Bench:
    """A service and what it reads, both of which a test may change."""

    service: BacktestService
    market: StubMarket
    rankings: StubRankings

    def put(self, **changes: object) -> None:
        """Let the market be another."""
        self.service.market = replace(self.market, **changes)  # pyright: ignore[reportArgumentType] # fields by name


@pytest.fixture
def bench(db: Database) -> Bench:
    """Eight shares of 90 sessions with a dividend and a split, ranked on every fifth from the 25th on."""
    rng = np.random.default_rng(5)
    known = actions((3, 40, "dividend", None, 0.05, 1.0), (4, 50, "split", 0.5, None, None))
    bars = panel(random_bars(rng, SHARES, SESSIONS), known)
    index = pl.DataFrame({"session_date": [day(0), day(SESSIONS)], "level": [100.0, 110.0]})
    market = StubMarket(bars, known, {"S&P/ASX 200": index})
    ranked = bars.select("session_date", "security_id").with_columns(
        score=pl.Series(rng.normal(size=bars.height)), made_by=pl.lit("model_z v1, fold 1")
    )
    later = pl.when(pl.col("session_date") >= day(60)).then(pl.lit("model_z v1, fold 2")).otherwise("made_by")
    weekly = [day(session) for session in range(25, SESSIONS, 5)]
    rankings = StubRankings(ranked.with_columns(made_by=later).filter(pl.col("session_date").is_in(weekly)))
    service = BacktestService(
        BacktestRepository(db),
        market=market,
        rankings=rankings,
        clock=FixedClock(NOW),
        db=db,
        event_bus=EventBus(db),
    )
    return Bench(service, market, rankings)
