"""What became of signals, counted by hand: a rise, a stand-still and a delisting."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time

import polars as pl
import pytest

from asxos.bootstrap import System
from asxos.core.clock import FixedClock
from asxos.domain.costs import round_trip_cost
from asxos.domain.ranking import Knowledge
from asxos.features.market.services import IngestService, MarketService
from asxos.features.signals.repositories import NoSignals
from asxos.features.signals.services import OutcomeService, Publisher
from asxos.features.signals.services.outcomes import ModelOutcomes
from asxos.providers.prices import BARS_SCHEMA
from tests.features.market.conftest import Frames
from tests.features.signals.publishing import SHARES, ranking
from tests.published import opened

CLOSES = dict(zip(SHARES, (10.0, 20.0, 40.0), strict=True))
# Opens from the 22nd session on; CSL is delisted after its 22nd, at 30.
OPENS = {"BHP.AX": (10.0, 11.0, 11.0), "CBA.AX": (20.0, 20.0, 22.0), "CSL.AX": (40.0,)}
LAST_CLOSE = 30.0
VOLUME = 1_000_000
BUY_HOLD_SELL = (0.58, 0.5, 0.42)


@pytest.fixture
async def system(database_url: str) -> AsyncIterator[System]:
    """24 sessions of three shares, ranked on the evening of the 21st, and of the 22nd months later."""
    async with opened(database_url) as system:
        days = await sessions(system)
        await system.service(IngestService).ingest(Frames([bars(days)]))
        await publish(system, "model_a", days[20], datetime.combine(days[20], time(8), UTC))
        await publish(system, "model_a", days[21], datetime(2024, 6, 28, 10, tzinfo=UTC))
        yield system


async def sessions(system: System) -> list[date]:
    return (await system.service(MarketService).sessions(date(2024, 1, 2), date(2024, 3, 1)))[:24]


def bars(days: list[date]) -> pl.DataFrame:
    rows = [(symbol, day, close, close) for symbol, close in CLOSES.items() for day in days[:21]]
    for symbol, opens in OPENS.items():
        closes = (LAST_CLOSE,) if symbol == "CSL.AX" else opens
        rows += [(symbol, *bar) for bar in zip(days[21:], opens, closes, strict=False)]
    made = pl.DataFrame(rows, ["symbol", "session_date", "open", "close"], orient="row")
    low, high = pl.min_horizontal("open", "close"), pl.max_horizontal("open", "close")
    filled = made.with_columns(high=high, low=low, volume=pl.lit(VOLUME))
    return filled.select(
        pl.col(name).cast(kind) if name in filled.columns else pl.lit(None, kind).alias(name)
        for name, kind in BARS_SCHEMA.items()
    )


async def publish(system: System, model: str, day: date, at: datetime) -> None:
    assert isinstance(system.clock, FixedClock)
    system.clock.instant = at
    shares = await system.service(MarketService).directory()
    ids = {share.symbol: id for id, share in shares.items()}
    await system.service(Publisher).publish(ranking(model, day, BUY_HOLD_SELL), ids, Knowledge(day, None, 1))


def part(found: ModelOutcomes, by: str, name: str) -> dict[str, float | int | None]:
    return next(dict(p.measures) for p in found.parts if (p.by, p.name) == (by, name))


async def test_outcomes_are_what_they_are_by_hand(system: System) -> None:
    outcomes, days = system.service(OutcomeService), await sessions(system)
    assert await outcomes.settle() == 2
    # Over one session: +10 %, 0 and, sold at its last close, -25 %, beside a median of 0.
    [found] = await outcomes.tell("model_a", 1, days[20], days[20])
    whole = part(found, "all", "all")
    assert (whole["signals"], whole["calls"], whole["sessions"], whole["hit_rate"]) == (3, 2, 1, 1.0)
    assert (whole["mean_return"], whole["mean_excess"]) == (pytest.approx(-0.05), pytest.approx(-0.05))
    costs = round_trip_cost([10.0, 40.0], [10.0 * VOLUME, 40.0 * VOLUME])
    assert whole["mean_net"] == pytest.approx((0.10 - costs[0] + 0.25 - costs[1]) / 2)
    # Wilson (1927) for 2 of 2: from 1 / (1 + z² / 2) to 1.
    assert whole["hit_low"] == pytest.approx(1 / (1 + 1.959964**2 / 2))
    assert whole["hit_high"] == pytest.approx(1.0)


async def test_a_share_that_never_trades_again_has_no_outcome_and_is_counted(system: System) -> None:
    outcomes, days = system.service(OutcomeService), await sessions(system)
    await outcomes.settle()
    # 0 and +10 % beside a median of 5 %: the BUY was wrong, and HOLD is no call
    [found] = await outcomes.tell("model_a", 1, days[21])
    whole = part(found, "all", "all")
    assert (found.awaited.never_traded, found.awaited.not_due) == (1, 0)
    assert (whole["signals"], whole["calls"], whole["hit_rate"]) == (2, 1, 0.0)
    assert whole["mean_net"] == pytest.approx(-0.05 - float(round_trip_cost(10.0, 10.0 * VOLUME)))
    assert part(found, "label", "HOLD")["hit_rate"] is None
    assert part(found, "label", "HOLD")["mean_net"] is None


async def test_outcomes_are_told_apart_by_label_sector_year_and_when_they_were_published(system: System) -> None:
    async with system.db.connection() as connection:
        await connection.execute(
            "INSERT INTO security_sectors (security_id, valid_from, sector)"
            " SELECT id, '2024-06-01', 'Materials' FROM securities WHERE symbol = 'BHP.AX'"
        )
    outcomes = system.service(OutcomeService)
    await outcomes.settle()
    [found] = await outcomes.tell(None, 1)
    assert {(p.by, p.name): p.measures["signals"] for p in found.parts} == {
        ("all", "all"): 5,
        ("label", "BUY"): 2,
        ("label", "HOLD"): 2,
        ("label", "SELL"): 1,
        ("sector", "Materials"): 2,
        ("sector", "unknown"): 3,
        ("year", "2024"): 5,
        ("published", "ahead"): 3,
        ("published", "afterwards"): 2,
    }
    assert part(found, "label", "BUY")["hit_rate"] == 0.5


async def test_what_is_not_due_is_said_and_not_counted(system: System) -> None:
    outcomes = system.service(OutcomeService)
    await outcomes.settle()
    [found] = await outcomes.tell("model_a", 5)
    assert (found.awaited.not_due, found.awaited.never_traded, found.parts) == (6, 0, [])
    with pytest.raises(NoSignals, match="'model_z'"):
        await outcomes.tell("model_z", 5)


async def test_settling_again_changes_nothing_and_a_later_ranking_is_settled_too(system: System) -> None:
    outcomes, days = system.service(OutcomeService), await sessions(system)
    assert (await outcomes.settle(), await outcomes.settle()) == (2, 0)
    before = await outcomes.tell(None, 1)
    await publish(system, "ensemble", days[20], datetime(2024, 6, 28, 11, tzinfo=UTC))
    assert (await outcomes.settle(), await outcomes.settle()) == (1, 0)
    ensemble, model_a = await outcomes.tell(None, 1)
    assert [model_a] == before
    assert part(ensemble, "all", "all")["signals"] == 3
    assert part(ensemble, "published", "afterwards")["signals"] == 3
