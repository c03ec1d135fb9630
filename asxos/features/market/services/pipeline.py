"""Batches in a row: while one is written, the next is decided (and the one after it read and checked)."""

import asyncio

from asxos.features.market.services.batches import CheckedBatch
from asxos.features.market.services.deciding import Decider
from asxos.features.market.services.storing import BatchWriter


class Pipeline:
    """Writes batches in order, one at a time. A decision waits for the write before it only where they share shares."""

    def __init__(self, decider: Decider, writer: BatchWriter) -> None:
        self.decider = decider
        self.writer = writer
        self._writing: asyncio.Task[None] | None = None
        self._written_ids: set[int] = set()

    async def take(self, checked: CheckedBatch) -> None:
        """Decide about a batch and begin to write it. Raises: what the write before it raised."""
        placed = await self.decider.place(checked)
        ids = placed.security_ids
        if ids & self._written_ids:
            await self.settle()
        decision = await self.decider.decide(placed)
        await self.settle()
        self._writing = asyncio.create_task(self.writer.write(decision))
        self._written_ids = ids

    async def settle(self) -> None:
        """Wait until what was begun is stored. Raises: what it raised."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            await writing
        self._written_ids = set()
