"""What happens after a session cannot move what was said on it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pytest

from asxos.bootstrap import System
from asxos.core.db import Database
from asxos.core.progress import Silent
from asxos.features.market.services import IngestService, MarketService
from asxos.features.signals.records import Signal
from asxos.features.signals.repositories import SignalRepository
from asxos.features.signals.services import SignalService
from asxos.providers.prices import PriceBatch
from asxos.providers.simulated import SimulatedPrices
from tests.published import NOW, opened

THEN = date(2023, 12, 15)


@dataclass(frozen=True)
class Delivered:
    """Prices and actions as some vendor delivered them."""

    bars: pl.DataFrame
    actions: pl.DataFrame
    source: str = "simulated"
    is_simulated: bool = True

    def batches(self, symbols: Sequence[str] | None, since: date | None) -> Iterator[PriceBatch]:
        yield PriceBatch(self.source, self.bars, self.actions, (), None)

    def count(self) -> int:
        return self.bars.height


@pytest.fixture
async def system(database_url: str) -> AsyncIterator[System]:
    """An empty system of this test's own."""
    async with opened(database_url) as system:
        yield system


async def _whole(system: System) -> Delivered:
    sessions = await system.service(MarketService).sessions(date(2020, 1, 1), NOW.date())
    market = SimulatedPrices(end=NOW.date(), sessions=sessions, seed=5, symbols=40, years=4, alpha=0.1)
    batch = [*market.batches()]
    return Delivered(pl.concat(b.bars for b in batch), pl.concat(b.actions for b in batch))


def _known_then(all_of_it: Delivered) -> Delivered:
    bars = all_of_it.bars.filter(pl.col("session_date") <= THEN)
    return Delivered(bars, all_of_it.actions.filter(pl.col("ex_date") <= THEN))


def _with_another_future(all_of_it: Delivered) -> Delivered:
    """The same past; afterwards every price is another, and every share is split."""
    noise = np.exp(np.random.default_rng(0).normal(0, 0.05, all_of_it.bars.height))
    is_future = pl.col("session_date") > THEN
    prices = [
        pl.when(is_future).then((pl.col(name) * pl.Series(noise)).round(3)).otherwise(pl.col(name)).alias(name)
        for name in ("open", "high", "low", "close")
    ]
    splits = all_of_it.bars.select("symbol").unique(maintain_order=True).head(20)
    schema = {name: kind for name, kind in all_of_it.actions.schema.items() if name != "symbol"}
    values = {"ex_date": date(2024, 1, 8), "kind": "split", "factor": 0.5, "method": "reported"}
    future = pl.DataFrame([{name: values.get(name) for name in schema}], schema=schema)
    actions = pl.concat(
        [_known_then(all_of_it).actions, splits.join(future, how="cross").select(all_of_it.actions.columns)]
    )
    return Delivered(all_of_it.bars.with_columns(prices), actions)


async def _said_then(system: System, delivered: Delivered) -> list[Signal]:
    await system.service(IngestService).ingest(delivered)
    await system.service(SignalService).generate_signals(THEN, 0, Silent())
    live = await SignalRepository(system.db).get_live_signals("ensemble", 500, THEN)
    return live.signals


async def test_another_future_moves_no_past_signal(system: System, db: Database) -> None:
    # given what was said on a day when its future had not happened
    all_of_it = await _whole(system)
    before = await _said_then(system, _known_then(all_of_it))
    assert len(before) > 10
    # when the future happens, quite otherwise, and the day is ranked again by models trained anew
    async with db.transaction() as connection:
        await connection.execute("TRUNCATE signals, signal_reasons")
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("TRUNCATE model_versions, model_artifacts CASCADE")
    after = await _said_then(system, _with_another_future(all_of_it))
    # then every number of it is the same, to the last bit
    assert after == before
