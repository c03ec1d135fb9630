"""A past ranking is derived again byte for byte, whatever has come in since; and if it is not, that is said."""

from collections.abc import AsyncIterator
from datetime import timedelta

import polars as pl
import psycopg
import pytest

from asxos.bootstrap import System
from asxos.core.clock import FixedClock
from asxos.core.progress import Silent
from asxos.domain.facts import FUNDAMENTALS
from asxos.features.market.services import IngestService
from asxos.features.models.catalogue import ThresholdsSection
from asxos.features.models.services import ModelService
from asxos.features.signals.records import RankingKey
from asxos.features.signals.services import RecordService, SignalService
from asxos.features.signals.services.verifying import spread
from tests.features.signals.deliveries import THEN, Delivered, known_then, whole_market
from tests.published import opened

MODELS = 4


@pytest.fixture
async def system(database_url: str) -> AsyncIterator[System]:
    """An empty system of this test's own."""
    async with opened(database_url) as system:
        yield system


def _late(then: Delivered) -> tuple[Delivered, Delivered]:
    """`then` without one share's middle years, and those bars with corrections of many others."""
    symbol = then.bars["symbol"][0]
    is_late = (pl.col("symbol") == symbol) & pl.col("session_date").dt.year().is_in([2021, 2022])
    is_wrong = (pl.col("session_date").dt.day() == 14) & ~is_late
    prices = [pl.when(is_wrong).then((pl.col(n) * 1.02).round(3)).otherwise(pl.col(n)).alias(n) for n in _PRICES]
    first = Delivered(then.bars.filter(~is_late), then.actions)
    return first, Delivered(then.bars.with_columns(prices).filter(is_late | is_wrong), then.actions)


_PRICES = ("open", "high", "low", "close")


async def test_past_rankings_come_out_byte_for_byte_whatever_came_in_since(system: System) -> None:
    ingest, signals, record = (
        system.service(IngestService),
        system.service(SignalService),
        system.service(RecordService),
    )
    # given what was published of two sessions, when one share lacked bars
    whole = await whole_market(system)
    then, late = _late(known_then(whole))
    await ingest.ingest(then)
    await signals.generate_signals(None, 1, Silent())
    # when late bars, corrections, facts, descriptions and half a year of new prices come in, models.yaml changes,
    # and the day is ranked again
    for delivered in (late, whole):
        _later(system)
        await ingest.ingest(delivered)
    await _describe_otherwise(system)
    registry = system.service(ModelService).registry
    changed = registry.catalogue.signals.model_copy(update={"thresholds": ThresholdsSection(buy=0.51, sell=0.49)})
    registry.catalogue = registry.catalogue.model_copy(update={"signals": changed})
    await signals.generate_signals(THEN, 0, Silent())
    # then the record is whole, and every publication, replaced ones too, is derived again to the byte
    found = await record.verify(Silent(), rederive=100)
    assert found.faults == ()
    assert len(found.derived) == found.entries == 3 * MODELS
    # and when a stored price is meddled with, those that it moved are named
    await _meddle(system)
    faults = (await record.verify(Silent(), rederive=100)).faults
    assert len(faults) >= MODELS
    assert all(fault.where.endswith("derived again") for fault in faults)
    assert any("score is" in fault.what for fault in faults)


def _later(system: System) -> None:
    assert isinstance(system.clock, FixedClock)
    system.clock.instant += timedelta(hours=1)


async def _describe_otherwise(system: System) -> None:
    async with system.db.connection() as connection:
        await connection.execute("UPDATE securities SET sector = 'Energy'")
        await connection.execute("UPDATE security_sectors SET sector = 'Energy'")
        names = ", ".join(name for name in FUNDAMENTALS if name not in {"known_at", "security_id"})
        await connection.execute(
            f"INSERT INTO fundamentals ({names}, known_at, security_id, as_of, published, source)"  # pyright: ignore[reportArgumentType, reportCallIssue]
            " SELECT 1e9, 1, 0.5, 2, 2, 1, '2023-06-01', id, '2023-05-31', '2023-06-01', 1 FROM securities"
        )


async def _meddle(system: System) -> None:
    """With the close of every share on the last day of the first run."""
    async with await psycopg.AsyncConnection.connect(system.database_url, autocommit=True) as connection:
        await connection.execute(
            "UPDATE prices SET close = close * (1 + 0.1 * random()) WHERE session_date = %s", [THEN]
        )


def test_entries_to_derive_are_spread_over_the_past_and_the_seed_chooses() -> None:
    keys = [RankingKey(n, "model_a", THEN) for n in range(1, 101)]
    for seed in (0, 1):
        chosen = spread(keys, 10, seed)
        assert [(n - 1) // 10 for n in chosen] == list(range(10))
        assert chosen == spread(keys, 10, seed)
    assert spread(keys, 10, 0) != spread(keys, 10, 1)
    assert spread(keys, 500, 0) == list(range(1, 101))
    assert spread(keys, 0, 0) == spread([], 5, 0) == []
