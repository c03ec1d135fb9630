"""What models said of past sessions out of fold, for whoever replays them; nothing of their own lessons."""

import asyncio
from datetime import date

import polars as pl

from asxos.domain.ensemble.history import joined, pooled_evidence
from asxos.features.models.errors import NoVersion
from asxos.features.models.registry import ENSEMBLE
from asxos.features.models.services.serving import Serving, ServingService
from asxos.features.models.services.weighing import WeighingService

KEY = ("session_date", "security_id")
BY_FOLDS = "by folds trained on earlier sessions only"


class PastRankingService:
    """Reads evidence; trains and ranks nothing."""

    def __init__(self, serving: ServingService, weighing: WeighingService) -> None:
        self.serving = serving
        self.weighing = weighing

    async def past_rankings(self, model_id: str, first: date | None, last: date | None) -> pl.DataFrame:
        """`session_date, security_id, score, ml_prob, made_by` from `first` to `last`, of a model or the ensemble.

        Of the version that serves now; each score is of a fold trained on earlier sessions only. Raises: UnknownModel;
        NoVersion: it has no evidence.
        """
        evidence, made_by = await (self.ensemble() if model_id == ENSEMBLE else self._of(model_id))
        told = evidence.select(*KEY, "score", "ml_prob", made_by=pl.lit(f"{made_by}, {BY_FOLDS}"))
        return told.filter(pl.col("session_date").is_between(first or date.min, last or date.max))

    async def ensemble(self) -> tuple[pl.DataFrame, str]:
        """The ensemble's evidence and whose it is: members that have a voice now, each date by the weights of then.

        Raises: NoVersion.
        """
        served = await self.serving.on(None)
        voices = self.serving.voices(served).weights
        speaking = [one for one in served if one.model_id in voices]
        joint = await asyncio.to_thread(joined, [await self.weighing.evidence(one.version) for one in speaking])
        weigher = self.weighing.weigher({one.model_id: voices[one.model_id] for one in speaking})
        pooled = await asyncio.to_thread(pooled_evidence, joint, weigher)
        return pooled, f"{' and '.join(map(_name, speaking))} pooled"

    async def _of(self, model_id: str) -> tuple[pl.DataFrame, str]:
        serving = await self.serving.now(model_id)
        if serving.version is None or serving.version.evidence_sha256 is None:
            raise NoVersion(model_id)
        return await self.weighing.evidence(serving.version), _name(serving)


def _name(serving: Serving) -> str:
    return f"{serving.model_id} v{serving.number}" if serving.number else serving.model_id
