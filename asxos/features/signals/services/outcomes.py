"""What became of published signals: settled from stored prices when a horizon is over, and told by part."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from asxos.core.clock import Clock
from asxos.domain.outcomes import HORIZONS, entered_on, measures, realised
from asxos.features.signals.records import Awaited, Settlement, Unsettled
from asxos.features.signals.repositories import NoSignals, SignalRepository
from asxos.features.signals.repositories.outcomes import PARTS, Asked, OutcomeRepository
from asxos.features.signals.services.ports import Market

SETTLE_OUTCOMES = "settle_outcomes"
"""The job that runs `OutcomeService.settle`."""
LOOK_BACK = timedelta(days=60)
"""Before the earliest session that is settled: its usual turnover is of 20 sessions."""


@dataclass(frozen=True)
class Part:
    """A part of a model's outcomes, such as the label BUY, and its measures (`domain.outcomes.measures`)."""

    by: str
    name: str
    measures: Mapping[str, float | int | None]


@dataclass(frozen=True)
class ModelOutcomes:
    """How a model's signals turned out: all of them and in parts, and how many have no outcome."""

    model: str
    awaited: Awaited
    parts: list[Part]


class OutcomeService:
    """Outcomes in, outcomes out. Settling again changes nothing."""

    def __init__(self, outcomes: OutcomeRepository, signals: SignalRepository, *, market: Market, clock: Clock) -> None:
        self.outcomes = outcomes
        self.signals = signals
        self.market = market
        self.clock = clock

    async def settle(self) -> int:
        """Store what became of every session of the log whose horizon is over; returns how many were settled."""
        awaited = await self.outcomes.unsettled(list(HORIZONS))
        if not awaited:
            return 0
        panel = await self.market.panel(None, known_at=None, ingest_id=None, since=awaited[0].as_of - LOOK_BACK)
        sessions = panel["session_date"].unique().sort().to_list()
        settled = 0
        for horizon in HORIZONS:
            due = {each: entered_on(sessions, each.as_of, horizon) for each in awaited if each.horizon == horizon}
            entered = {each: day for each, day in due.items() if day is not None}
            if entered:
                known = await asyncio.to_thread(realised, panel, horizon)
                for each, day in entered.items():
                    await self._settle(each, day, known)
            settled += len(entered)
        return settled

    async def tell(
        self, model: str | None, horizon: int, first: date | None = None, last: date | None = None
    ) -> list[ModelOutcomes]:
        """How the signals of `model` (default: of every one) turned out over a horizon. Raises: NoSignals."""
        models = await self.signals.models()
        if model is not None and model not in models:
            raise NoSignals(model)
        sectors = _periods(await self.market.sectors())
        asked = Asked(models if model is None else [model], horizon, sectors, first, last)
        counted = (await self.outcomes.counted(asked)).partition_by("model", as_dict=True)
        return [
            ModelOutcomes(awaited.model, awaited, _parts(counted.get((awaited.model,)), horizon))
            for awaited in await self.outcomes.awaited(asked)
        ]

    async def _settle(self, each: Unsettled, entered: date, known: pl.DataFrame) -> None:
        ranked = pl.DataFrame({"security_id": await self.outcomes.ranked(each.as_of)}, {"security_id": pl.Int32})
        found = ranked.join(known.filter(pl.col("session_date") == each.as_of), on="security_id", how="left")
        median: Any = found["realised"].median()
        settlement = Settlement(each.as_of, each.horizon, entered, median, each.sequence, self.clock.now())
        await self.outcomes.settle(settlement, found)


def _periods(sectors: pl.DataFrame) -> pl.DataFrame:
    """Sectors with the day each begins and the one on which the next does; what is first known counts before it too."""
    ordered = sectors.sort("security_id", "valid_from")
    begins, owner = pl.col("valid_from"), "security_id"
    is_first = pl.int_range(pl.len()).over(owner) == 0
    return ordered.select(
        owner,
        "sector",
        begins=pl.when(is_first).then(date.min).otherwise(begins),
        ends=begins.shift(-1).over(owner),
    )


def _parts(counted: pl.DataFrame | None, horizon: int) -> list[Part]:
    """All of a model's outcomes first, then each part of PARTS."""
    if counted is None:
        return []
    whole = counted.filter(pl.all_horizontal(pl.col(PARTS).is_null()))
    found = [Part("all", "all", measures(whole, horizon))]
    for by in PARTS:
        names: Sequence[str] = counted[by].drop_nulls().unique().sort().to_list()
        found += [Part(by, name, measures(counted.filter(pl.col(by) == name), horizon)) for name in names]
    return found
