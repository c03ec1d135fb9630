"""Training, promotion and roll-back as jobs: done once, seen in the list of jobs, told to whoever keeps answers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from asxos.core.jobs.context import JobContext
from asxos.core.jobs.queue import JobQueue
from asxos.core.jobs.reporting import Reported
from asxos.features.models.records import Promotion
from asxos.features.models.services import ModelService, PromotionService

TRAIN_MODEL = "train_model"
PROMOTE_MODEL = "promote_model"
ROLL_BACK_MODEL = "roll_back_model"


class ModelJobs:
    """Training the same model on the same data again stores nothing new."""

    def __init__(self, models: ModelService, promotion: PromotionService) -> None:
        self.models = models
        self.promotion = promotion

    def register(self, queue: JobQueue) -> None:
        """One training at a time: it takes every core there is. A decision is a person's, and not taken twice."""
        queue.register(TRAIN_MODEL, self.train_model, concurrency=1, max_attempts=2)
        queue.register(PROMOTE_MODEL, self.promote_model, max_attempts=1)
        queue.register(ROLL_BACK_MODEL, self.roll_back_model, max_attempts=1)

    async def train_model(self, context: JobContext, model_id: str, as_of: str | None = None) -> Mapping[str, Any]:
        """Train `model_id` on what was known at the close of `as_of` (an ISO date; default: the latest session)."""
        day = date.fromisoformat(as_of) if as_of else None
        async with Reported(context) as progress:
            version, decided = await self.models.train(model_id, day, progress)
        about = {"model_id": model_id, "version": version.version, "as_of": version.as_of.isoformat()}
        return about | {"decision": decided.action if decided else None}

    async def promote_model(
        self, _: JobContext, model_id: str, by: str, version: int | None = None
    ) -> Mapping[str, Any]:
        """Put a version (default: the newest) through the gate in the name of `by`."""
        return _told(await self.promotion.promote(model_id, version, by))

    async def roll_back_model(self, _: JobContext, model_id: str, by: str, to: int | None = None) -> Mapping[str, Any]:
        """Give the place back to a former champion (default: the one before) in the name of `by`."""
        return _told(await self.promotion.rollback(model_id, to, by))


def _told(decided: Promotion) -> dict[str, Any]:
    return {
        "model_id": decided.model_id,
        "version": decided.version,
        "action": decided.action,
        "effective_from": decided.effective_from.isoformat(),
    }
