"""A provider's batches, read and checked in a thread one ahead of whoever stores them."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from asxos.domain.bars.checks import split_faulty
from asxos.domain.calendar import FinalInstants
from asxos.providers.prices import PriceBatch


@dataclass(frozen=True)
class CheckedBatch:
    """A batch whose bars are `good` on their own or `faulty`, with `reason`; both with `final_at`."""

    batch: PriceBatch
    good: pl.DataFrame
    faulty: pl.DataFrame


async def checked_batches(
    batches: Iterator[PriceBatch], final: FinalInstants, now: datetime
) -> AsyncGenerator[CheckedBatch, None]:
    """Each batch, checked; the next one is read while the caller works on this one."""

    def read_next() -> CheckedBatch | None:
        batch = next(batches, None)
        return None if batch is None else CheckedBatch(batch, *split_faulty(batch.bars, final, now))

    upcoming = asyncio.create_task(asyncio.to_thread(read_next))
    try:
        while (checked := await upcoming) is not None:
            upcoming = asyncio.create_task(asyncio.to_thread(read_next))
            yield checked
    finally:
        # A thread cannot be stopped: wait until it has let go of the file.
        await asyncio.wait([upcoming])
        if not upcoming.cancelled():
            upcoming.exception()
