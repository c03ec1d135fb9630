"""A backtest as the queue runs it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from asxos.core.errors import BadInput
from asxos.core.jobs.context import JobContext
from asxos.core.jobs.queue import JobQueue
from asxos.core.jobs.reporting import Reported
from asxos.features.backtests.schemas import BacktestIn
from asxos.features.backtests.services import RUN_BACKTEST, BacktestService


class BadPlan(BadInput):
    """The arguments are not those of a backtest."""


class BacktestJobs:
    """Running the same plan on the same data again stores nothing new."""

    def __init__(self, backtests: BacktestService) -> None:
        self.backtests = backtests

    def register(self, queue: JobQueue) -> None:
        """One at a time: each holds the market's prices."""
        queue.register(RUN_BACKTEST, self.run_backtest, concurrency=1, max_attempts=2)

    async def run_backtest(self, context: JobContext, **args: Any) -> Mapping[str, Any]:
        """Run a plan; `args` as BacktestIn."""
        try:
            plan = BacktestIn.model_validate(args).plan()
        except ValidationError as error:
            raise BadPlan(
                "; ".join(f"{f['loc'][-1] if f['loc'] else 'plan'}: {f['msg']}" for f in error.errors())
            ) from error
        async with Reported(context) as progress:
            done = await self.backtests.run(plan, progress)
        return {"id": done.id, "model": done.model_id, "last": done.last_session.isoformat()}
