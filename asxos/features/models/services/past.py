"""What models said of past sessions out of fold, for whoever replays them; nothing of their own lessons."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from asxos.domain.ensemble.history import joined, pooled_evidence
from asxos.domain.ranking import ENSEMBLE
from asxos.domain.validation.sessions import Pace
from asxos.features.models.errors import NoVersion
from asxos.features.models.evaluation import baseline, detail, evaluate
from asxos.features.models.records import ModelVersion
from asxos.features.models.services.serving import Serving, ServingService
from asxos.features.models.services.weighing import WeighingService

KEY = ("session_date", "security_id")
BY_FOLDS = "by folds trained on earlier sessions only"


@dataclass(frozen=True)
class EnsembleRecord:
    """Measures and their detail as of any model; `versions` are those that served, speaking or not."""

    made_by: str
    metrics: dict[str, Any]
    detail: dict[str, Any]
    versions: list[ModelVersion]


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

    async def evaluation(self) -> EnsembleRecord:
        """The ensemble's out-of-fold record beside the baselines' on the very same rows. Raises: NoVersion."""
        served = await self.serving.on(None)
        evidence, made_by = await self.ensemble()
        rules = [s for s in served if self.serving.registry.config(s.model_id).baseline]
        told = {s.model_id: await self.weighing.evidence(s.version) for s in rules}
        pace = self.weighing.weigher(self.serving.voices(served).weights).pace
        metrics = await asyncio.to_thread(_metrics, evidence, told, pace)
        parts = await asyncio.to_thread(detail, evidence, pace, self.serving.registry.thresholds)
        folds = max(s.version.metrics["folds"] for s in served if s.version)
        return EnsembleRecord(made_by, metrics | {"folds": folds}, parts, [s.version for s in served if s.version])

    async def _of(self, model_id: str) -> tuple[pl.DataFrame, str]:
        serving = await self.serving.now(model_id)
        if serving.version is None or serving.version.evidence_sha256 is None:
            raise NoVersion(model_id)
        return await self.weighing.evidence(serving.version), _name(serving)


def _metrics(evidence: pl.DataFrame, rules: Mapping[str, pl.DataFrame], pace: Pace) -> dict[str, Any]:
    beside = {
        name: evidence.select(KEY).join(told.select(*KEY, "score"), on=KEY, how="left", maintain_order="left")["score"]
        for name, told in rules.items()
    }
    return evaluate(evidence, pace) | {
        "calibration": "pooled",
        "tested_from": evidence["session_date"][0],
        "tested_through": evidence["session_date"][-1],
        "baselines": {
            name: baseline(evidence, scores.cast(pl.Float64).fill_null(np.nan).to_numpy(), pace)
            for name, scores in beside.items()
        },
    }


def _name(serving: Serving) -> str:
    return f"{serving.model_id} v{serving.number}" if serving.number else serving.model_id
