"""The weights of the ensemble's members on a session, from what they had shown by then; made once and kept."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from asxos.domain.ensemble import Weighting
from asxos.domain.ensemble.history import Weigher, ic_by_date, joined, side_by_side
from asxos.domain.validation.evidence import SCHEMA
from asxos.domain.validation.sessions import Pace
from asxos.features.models.dataset import Dataset
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.realised import realised
from asxos.features.models.records import ModelVersion
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.repositories import WeightRepository
from asxos.features.models.services.serving import Serving
from asxos.features.models.services.training import TrainingService


class WeighingService:
    """Weights by session. A member's own outcomes count as soon as they are known, of folds and of sessions since."""

    def __init__(self, weights: WeightRepository, training: TrainingService, registry: ModelRegistry) -> None:
        self.weights = weights
        self.training = training
        self.registry = registry
        self._ics: dict[int, pl.DataFrame] = {}

    async def weigh(
        self, session: date, voices: Mapping[str, float], served: Sequence[Serving], dataset: Dataset
    ) -> dict[str, float]:
        """Weights of sum 1 of those that have a voice, from their configured ones; stored under the session."""
        versions = {s.model_id: s.version for s in served if s.model_id in voices}
        basis = self._basis(voices, versions)
        kept = await self.weights.find(session, basis)
        if kept is None:
            made = await self._make(session, voices, versions, dataset, basis)
            kept = await self.weights.keep(session, basis, made)
        return kept.weights

    def weigher(self, voices: Mapping[str, float]) -> Weigher:
        """How members with these configured weights are weighed under the present models.yaml."""
        section, training = self.registry.catalogue.ensemble, self.registry.catalogue.training
        return Weigher(
            weighting=section.weighting,
            configured=np.array(list(voices.values())),
            limits=section.limits,
            half_life=section.half_life / training.step,
            every=max(training.retrain_after // training.step, 1),
            pace=Pace(self.registry.catalogue.signals.horizon, training.step),
        )

    async def evidence(self, version: ModelVersion | None) -> pl.DataFrame:
        """A version's evidence; no rows of a model that does not learn, or of a version made before any was kept."""
        if version is None or version.evidence_sha256 is None:
            return pl.DataFrame(schema=SCHEMA)
        return await self.training.versions.get_evidence(version.evidence_sha256)

    def _basis(self, voices: Mapping[str, float], versions: Mapping[str, ModelVersion | None]) -> dict[str, Any]:
        """All that weights are made from, beside what is known on the session."""
        section = self.registry.catalogue.ensemble
        return {
            "weighting": section.weighting.value,
            "configured": dict(voices),
            "versions": {model: version.version if version else None for model, version in versions.items()},
            "floor": section.floor,
            "cap": section.cap,
            "half_life": section.half_life,
        }

    async def _make(
        self,
        session: date,
        voices: Mapping[str, float],
        versions: Mapping[str, ModelVersion | None],
        dataset: Dataset,
        basis: Mapping[str, Any],
    ) -> dict[str, float]:
        weigher = self.weigher(voices)
        if weigher.weighting is Weighting.FIXED or len(voices) == 1:
            return dict(voices)
        if weigher.weighting is Weighting.DYNAMIC:
            found = weigher.dynamic(side_by_side([await self._shown(versions[m], session, dataset) for m in voices]))
        # Learning them is dear, and the same evidence teaches the same.
        elif (learnt := await self.weights.find_made(session, basis)) is not None:
            return learnt.weights
        else:
            joint = joined([await self.evidence(versions[model]) for model in voices])
            found = await asyncio.to_thread(weigher.stacked, joint.said.probabilities, joint.excess)
        return dict(zip(voices, found.tolist(), strict=True))

    async def _shown(self, version: ModelVersion | None, session: date, dataset: Dataset) -> pl.DataFrame:
        """`session_date, ic` of a member: out of fold, then as it went since it was trained."""
        if version is None:
            return ic_by_date(await self.evidence(None))
        if version.id not in self._ics:
            self._ics[version.id] = ic_by_date(await self.evidence(version))
        trained = await self.training.load(version.model_id, version.version)
        plugin = self.registry.bound(version.model_id, None, trained, self.registry.thresholds)
        assert isinstance(plugin, TrainedPlugin)
        step = self.registry.catalogue.training.step
        since = await asyncio.to_thread(realised, plugin, dataset, step, version.as_of, session)
        return pl.concat([self._ics[version.id], ic_by_date(since)])
