"""What happens after a session cannot move what was said on it."""

from collections.abc import AsyncIterator
from datetime import date

import numpy as np
import polars as pl
import pytest

from asxos.bootstrap import System
from asxos.core.db import Database
from asxos.core.progress import Silent
from asxos.features.market.services import IngestService
from asxos.features.signals.records import Signal
from asxos.features.signals.repositories import SignalRepository
from asxos.features.signals.services import SignalService
from tests.features.signals.deliveries import THEN, Delivered, known_then, whole_market
from tests.published import opened


@pytest.fixture
async def system(database_url: str) -> AsyncIterator[System]:
    """An empty system of this test's own."""
    async with opened(database_url) as system:
        yield system


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
        [known_then(all_of_it).actions, splits.join(future, how="cross").select(all_of_it.actions.columns)]
    )
    return Delivered(all_of_it.bars.with_columns(prices), actions)


async def _said_then(system: System, delivered: Delivered) -> list[Signal]:
    await system.service(IngestService).ingest(delivered)
    await system.service(SignalService).generate_signals(THEN, 0, Silent())
    live = await SignalRepository(system.db).get_live_signals("ensemble", 500, THEN)
    return live.signals


async def test_another_future_moves_no_past_signal(system: System, db: Database) -> None:
    # given what was said on a day when its future had not happened
    all_of_it = await whole_market(system)
    before = await _said_then(system, known_then(all_of_it))
    assert len(before) > 10
    # when the future happens, quite otherwise, and the day is ranked again by models trained anew
    async with db.transaction() as connection:
        await connection.execute("TRUNCATE signals, signal_reasons")
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("TRUNCATE model_versions, model_artifacts CASCADE")
    after = await _said_then(system, _with_another_future(all_of_it))
    # then every number of it is the same, to the last bit
    assert after == before
