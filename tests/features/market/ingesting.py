"""A process that ingests the shared sample in small batches, to be killed. Arguments: database, panel, pause."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from asxos.core.clock import SystemClock
from asxos.core.db import Database, make_pool
from asxos.core.events.event_bus import EventBus
from asxos.features.market.services import IngestService, Stores
from asxos.providers.files import open_files
from asxos.providers.prices import PriceBatch

BATCH = 12_000


@dataclass(frozen=True)
class SmallBatches:
    """The first bars of a file, a few symbols at a time."""

    path: Path
    pause: float = 0.0
    source: str = "sample"
    is_simulated: bool = False

    def batches(self, symbols: Sequence[str] | None = None, since: date | None = None) -> Iterator[PriceBatch]:
        whole = next(open_files(self.path).batches(symbols, since))
        for frame in whole.bars.head(BATCH * 8).partition_by("symbol", maintain_order=True):
            print(frame["symbol"][0], flush=True)  # noqa: T201 - tells the test how far it is
            time.sleep(self.pause)
            yield replace(whole, bars=frame, refused=())

    def count(self) -> int | None:
        return None


async def main(url: str, panel: str, pause: str) -> None:
    db = Database(make_pool(url))
    await db.open()
    service = IngestService(Stores.over(db), clock=SystemClock(), db=db, event_bus=EventBus(db))
    await service.ingest(SmallBatches(Path(panel), float(pause)))
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
