"""The main job as the queue runs it: prices as known, factors, training if due, rankings, ensemble, one event each.

And the one that settles what became of them.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from asxos.core.jobs.context import JobContext
from asxos.core.jobs.queue import JobQueue
from asxos.core.jobs.reporting import Reported
from asxos.features.signals.services import GENERATE_SIGNALS, SETTLE_OUTCOMES, OutcomeService, SignalService


class SignalJobs:
    """Repeating a run replaces its rankings by equal ones."""

    def __init__(self, signals: SignalService, outcomes: OutcomeService) -> None:
        self.signals = signals
        self.outcomes = outcomes

    def register(self, queue: JobQueue) -> None:
        """One at a time: two runs would hold the whole panel twice."""
        queue.register(GENERATE_SIGNALS, self.generate_signals, concurrency=1, max_attempts=3)
        queue.register(SETTLE_OUTCOMES, self.settle_outcomes, concurrency=1, max_attempts=3)

    async def generate_signals(
        self, context: JobContext, as_of: str | None = None, history: int = 0
    ) -> Mapping[str, Any]:
        """Rank the latest session up to `as_of` (an ISO date), and `history` weeks before it."""
        day = date.fromisoformat(as_of) if as_of else None
        async with Reported(context) as progress:
            report = await self.signals.generate_signals(day, history, progress)
        return asdict(report) | {"as_of": report.as_of.isoformat(), "absent": dict(report.absent)}

    async def settle_outcomes(self, context: JobContext) -> Mapping[str, Any]:
        """Store what became of every published session whose horizon is over; once more changes nothing."""
        await context.step("outcomes")
        return {"settled": await self.outcomes.settle()}
