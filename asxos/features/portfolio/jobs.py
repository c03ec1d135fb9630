"""The revaluation of all portfolios as the queue runs it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from asxos.core.jobs.context import JobContext
from asxos.core.jobs.queue import JobQueue
from asxos.features.portfolio.services import REVALUE_PORTFOLIOS, ValuationService


class PortfolioJobs:
    """Repeating a run leaves the same rows."""

    def __init__(self, valuations: ValuationService) -> None:
        self.valuations = valuations

    def register(self, queue: JobQueue) -> None:
        queue.register(REVALUE_PORTFOLIOS, self.revalue_portfolios, concurrency=1, max_attempts=3)

    async def revalue_portfolios(self, context: JobContext, event: str | None = None) -> Mapping[str, Any]:
        """Value every portfolio at the latest prices, as the effect of an event (its id), if of any."""
        await context.step("portfolios")
        return {"portfolios": await self.valuations.revalue_all(UUID(event) if event else None)}
