"""Deciding about a checked batch: whose bars they are, what becomes of each. Reads the database, writes nothing."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from asxos.domain.bars.codes import Changes, Registry
from asxos.domain.bars.judge import Known, Verdict, in_order, judge
from asxos.domain.bars.matching import by_security
from asxos.domain.bars.seams import Seams
from asxos.domain.calendar import FinalInstants
from asxos.features.market.services.batches import CheckedBatch
from asxos.features.market.services.stores import Stores
from asxos.providers.prices import Refused


@dataclass(frozen=True)
class PlacedBatch:
    """A batch whose good `bars` have their security_id, in order; `changes` of the registry are not stored yet."""

    checked: CheckedBatch
    bars: pl.DataFrame
    changes: Changes

    @property
    def security_ids(self) -> set[int]:
        return set(self.bars["security_id"].unique().to_list())


@dataclass(frozen=True)
class Decision:
    """What follows from a batch. `mistaken`: stored actions that it disproves; `strange`: refused actions."""

    placed: PlacedBatch
    verdict: Verdict
    mistaken: pl.DataFrame
    strange: tuple[Refused, ...]


class Decider:
    """One ingest's judge. Batches must be placed and decided in order, each security's earlier batches stored."""

    def __init__(self, stores: Stores, registry: Registry, final: FinalInstants, now: datetime) -> None:
        self.stores = stores
        self.registry = registry
        self.final = final
        self.now = now
        self._seams = Seams()

    async def place(self, checked: CheckedBatch) -> PlacedBatch:
        """Whose bars they are."""
        ids, changes = await asyncio.to_thread(self.registry.place, checked.good)
        return PlacedBatch(checked, in_order(checked.good.with_columns(ids)), changes)

    async def decide(self, placed: PlacedBatch) -> Decision:
        """What becomes of them, beside what stands."""
        mistaken = self._seams.mistaken(placed.bars)
        batch = placed.checked.batch
        actions, unknown = by_security(batch.actions, self.registry.resolve)
        strange = [
            Refused(batch.file or batch.source, None, f"{symbol} {day}: action of an unknown code")
            for symbol, day in unknown.select("symbol", "ex_date").iter_rows()
        ]
        known = await self._known(placed.bars, actions, mistaken)
        verdict = await asyncio.to_thread(judge, placed.bars, actions, known, self.final, self.now)
        self._seams.note(placed.bars, verdict.actions)
        return Decision(placed, verdict, mistaken, tuple(strange))

    async def _known(self, bars: pl.DataFrame, reported: pl.DataFrame, mistaken: pl.DataFrame) -> Known:
        firsts = bars.group_by("security_id", maintain_order=True).agg(first=pl.col("session_date").min())
        ids: list[int] = firsts["security_id"].to_list()
        stored = self._seams.with_adjusted(await self.stores.prices.around(firsts))
        held = self._seams.with_adjusted(await self.stores.quarantine.held(ids))
        begins = stored.group_by("security_id").agg(begin=pl.col("session_date").min())
        # A held bar is judged beside the one before it: without that it would pass as the first of its series.
        held = held.join(begins, on="security_id").filter(pl.col("session_date") > pl.col("begin")).drop("begin")
        # A share may have an action and no bar in the batch.
        actions = await self.stores.actions.of([*{*ids, *reported["security_id"]}])
        actions = actions.join(mistaken, on=mistaken.columns, how="anti")
        return Known(stored, held, actions)
