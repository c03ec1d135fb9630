"""What the companies of a simulated market publish, brought in as a job."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from asxos.core.jobs.context import JobContext
from asxos.core.jobs.queue import JobQueue
from asxos.core.jobs.reporting import Reported
from asxos.features.fundamentals.services import FactIngestService

SIMULATE_FACTS = "simulate_facts"

MakeTables = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, pl.DataFrame]]]
"""The tables of the simulated market that was made with these arguments; known to bootstrap."""


class FactJobs:
    """Repeating it changes nothing."""

    def __init__(self, ingest: FactIngestService, make_tables: MakeTables) -> None:
        self.ingest = ingest
        self.make_tables = make_tables

    def register(self, queue: JobQueue) -> None:
        """One at a time, as every ingest."""
        queue.register(SIMULATE_FACTS, self.simulate_facts, concurrency=1, max_attempts=2)

    async def simulate_facts(self, context: JobContext, **market: Any) -> Mapping[str, Any]:
        """Fundamentals and short positions of the market whose prices came with the same arguments."""
        async with Reported(context) as progress:
            progress.step("fundamentals")
            report = await self.ingest.ingest_tables(await self.make_tables(market))
        return asdict(report)
