"""Training as a job of its own, for whoever does not want to wait until it is due."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from asxos.core.jobs.context import JobContext
from asxos.core.jobs.queue import JobQueue
from asxos.core.jobs.reporting import Reported
from asxos.features.models.services import ModelService

TRAIN_MODEL = "train_model"


class ModelJobs:
    """Training the same model on the same data again stores nothing new."""

    def __init__(self, models: ModelService) -> None:
        self.models = models

    def register(self, queue: JobQueue) -> None:
        """One at a time: training takes every core there is."""
        queue.register(TRAIN_MODEL, self.train_model, concurrency=1, max_attempts=2)

    async def train_model(self, context: JobContext, model_id: str, as_of: str | None = None) -> Mapping[str, Any]:
        """Train `model_id` on what was known at the close of `as_of` (an ISO date; default: the latest session)."""
        day = date.fromisoformat(as_of) if as_of else None
        async with Reported(context) as progress:
            version = await self.models.train(model_id, day, progress)
        return {"model_id": model_id, "version": version.version, "as_of": version.as_of.isoformat()}
