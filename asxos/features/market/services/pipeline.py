"""Batches in a row: while one is written, the next is decided (and the one after it read and checked)."""

import asyncio
from dataclasses import replace

import polars as pl

from asxos.domain.bars.codes import Changes
from asxos.domain.bars.judge import in_order
from asxos.features.market.services.batches import CheckedBatch
from asxos.features.market.services.deciding import Decider, PlacedBatch
from asxos.features.market.services.storing import BatchWriter


class Pipeline:
    """Writes batches in order, one at a time.

    A decision must see all that was stored of its shares. So the few bars of shares that are being written wait for
    the next batch of the file; where they are many, or actions come along, the whole batch waits for the write instead.
    """

    def __init__(self, decider: Decider, writer: BatchWriter) -> None:
        self.decider = decider
        self.writer = writer
        self._writing: asyncio.Task[None] | None = None
        self._written_ids: set[int] = set()
        self._waiting: PlacedBatch | None = None

    async def take(self, checked: CheckedBatch) -> None:
        """Decide about a batch and begin to write it. Raises: what the write before it raised."""
        if self._waiting is not None and self._waiting.checked.batch.file != checked.batch.file:
            await self.finish()
        placed = await self.decider.place(checked)
        # What waited, waited for a write that was done before the present one began.
        if self._waiting is not None:
            placed = replace(placed, bars=in_order(pl.concat([self._waiting.bars, placed.bars])))
            self._waiting = None
        await self._begin(await self._ready(placed))

    async def finish(self) -> None:
        """Store what waits, and wait until everything is stored. Raises: what writing raised."""
        await self.settle()
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            await self._begin(waiting)
            await self.settle()

    async def settle(self) -> None:
        """Wait for the write that was begun. Raises: what it raised."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            await writing
        self._written_ids = set()

    async def _ready(self, placed: PlacedBatch) -> PlacedBatch:
        """The part of the batch that can be decided now."""
        is_shared = placed.bars["security_id"].is_in(list(self._written_ids))
        if placed.checked.batch.actions.height or 2 * int(is_shared.sum()) > placed.bars.height:
            await self.settle()
        elif is_shared.any():
            self._waiting = _only_bars(placed, placed.bars.filter(is_shared))
            return replace(placed, bars=placed.bars.filter(~is_shared))
        return placed

    async def _begin(self, placed: PlacedBatch) -> None:
        decision = await self.decider.decide(placed)
        await self.settle()
        self._writing = asyncio.create_task(self.writer.write(decision))
        self._written_ids = placed.security_ids


def _only_bars(placed: PlacedBatch, bars: pl.DataFrame) -> PlacedBatch:
    """`bars` as a batch of the same source and file; all else of `placed` is stored with its other bars."""
    batch = replace(placed.checked.batch, bars=bars, refused=(), notes=())
    return PlacedBatch(CheckedBatch(batch, bars, placed.checked.faulty.clear()), bars, Changes([], set(), {}))
