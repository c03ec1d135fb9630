"""What models said of past sessions out of fold, for whoever replays them; nothing of their own lessons."""

from datetime import date
from functools import reduce

import numpy as np
import polars as pl

from asxos.domain.ensemble.pooling import Opinions, pool
from asxos.features.models.errors import NoVersion
from asxos.features.models.records import ModelVersion
from asxos.features.models.registry import ModelRegistry, UnknownModel
from asxos.features.models.repositories import ModelVersionRepository
from asxos.features.models.services.ranking import ENSEMBLE

KEY = ("session_date", "security_id")


class PastRankingService:
    """Reads evidence; trains and ranks nothing."""

    def __init__(self, versions: ModelVersionRepository, registry: ModelRegistry) -> None:
        self.versions = versions
        self.registry = registry

    async def past_rankings(self, model_id: str, first: date | None, last: date | None) -> pl.DataFrame:
        """`session_date, security_id, score, ml_prob, made_by` from `first` to `last`, of a model or the ensemble.

        Each score is of a fold trained on earlier sessions only. Raises: UnknownModel; NoVersion: it has no evidence.
        """
        found = await (self._pooled() if model_id == ENSEMBLE else self._of(model_id))
        return found.filter(pl.col("session_date").is_between(first or date.min, last or date.max))

    async def _of(self, model_id: str) -> pl.DataFrame:
        newest = await self._newest(model_id)
        evidence = await self.versions.get_evidence(newest.evidence_sha256 or "")
        made_by = pl.lit(f"{_name(newest)}, by folds trained on earlier sessions only")
        return evidence.select(*KEY, "score", "ml_prob", made_by=made_by)

    async def _pooled(self) -> pl.DataFrame:
        """The enabled models' probabilities by their weights; a row counts once a member has a calibrated one."""
        weights = self.registry.get_ensemble_weights()
        parts = [(await self._of(model)).select(*KEY, pl.col("ml_prob").alias(model)) for model in weights]
        rows = reduce(lambda left, right: left.join(right, on=KEY, how="full", coalesce=True), parts).sort(KEY)
        said = rows.select(pl.col(list(weights)).cast(pl.Float64).fill_null(np.nan)).to_numpy()
        silent = np.full(said.shape, np.nan)
        pooled = pool(Opinions(said, silent, silent, silent), np.array(list(weights.values()))).probabilities
        names = [_name(await self._newest(model)) for model in weights]
        told = rows.select(*KEY, score=pl.Series(pooled), ml_prob=pl.Series(pooled))
        made_by = pl.lit(f"{' and '.join(names)} pooled, by folds trained on earlier sessions only")
        return told.filter(pl.col("score").is_finite()).with_columns(made_by=made_by)

    async def _newest(self, model_id: str) -> ModelVersion:
        if self.registry.get(model_id) is None:
            raise UnknownModel(model_id)
        newest = await self.versions.find_newest(model_id)
        if newest is None or newest.evidence_sha256 is None:
            raise NoVersion(model_id, None)
        return newest


def _name(version: ModelVersion) -> str:
    return f"{version.model_id} v{version.version}"
