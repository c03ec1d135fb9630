"""Versions of models: trained when due, stored, found by date."""

import asyncio
from datetime import date, timedelta

from asxos.core.compute import HERE, Compute
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.progress import Progress
from asxos.core.service import BaseService
from asxos.domain.calibration.scale import Scale
from asxos.domain.validation.evidence import pack
from asxos.features.models.dataset import Dataset
from asxos.features.models.errors import NothingToTrain, NoVersion
from asxos.features.models.manifest import manifest_of, recipe_sha256, trial_of
from asxos.features.models.plugins.trained import Trained, TrainedPlugin
from asxos.features.models.records import ModelVersion, NewVersion
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.repositories import ModelVersionRepository
from asxos.features.models.training import train

SESSIONS_A_YEAR = 254


class TrainingService(BaseService):
    """Versions of models: made when due, found by date, never one that saw later data."""

    def __init__(
        self,
        versions: ModelVersionRepository,
        registry: ModelRegistry,
        *,
        db: Database,
        event_bus: EventBus,
        compute: Compute = HERE,
    ) -> None:
        super().__init__(db, event_bus)
        self.versions = versions
        self.registry = registry
        self.compute = compute

    async def train(self, model_id: str, as_of: date, dataset: Dataset, on_progress: Progress) -> ModelVersion:
        """Train on what was known at the close of `as_of`, log the trial and store the version.

        Raises: UnknownModel, NothingToTrain, NotEnoughHistory.
        """
        plugin, catalogue = self.learner(model_id), self.registry.catalogue
        draft = await asyncio.to_thread(
            train, plugin, dataset, as_of, catalogue.training, on_progress, compute=self.compute
        )
        manifest = await asyncio.to_thread(manifest_of, plugin, catalogue, dataset, draft)
        return await self.versions.append(
            NewVersion(
                model_id=model_id,
                as_of=as_of,
                trained_from=draft.trained_from,
                trained_through=draft.trained_through,
                algorithm=plugin.ALGORITHM,
                features=list(plugin.FEATURES),
                artifact=draft.artifact,
                evidence=await asyncio.to_thread(pack, draft.evidence),
                recipe_sha256=recipe_sha256(plugin, catalogue),
                manifest=manifest,
                trial=trial_of(plugin, catalogue, draft),
            )
        )

    async def is_due(self, model_id: str, as_of: date) -> bool:
        """Whether `as_of` has no version of the present recipe that is fresh enough.

        Never for a model that does not learn. `retrain_after` sessions are counted as calendar days of an ASX year, so
        that no calendar is needed.
        """
        plugin = self.registry.learner(model_id)
        if plugin is None:
            return False
        found = await self.versions.find_newest(model_id, as_of)
        # Without evidence, which old versions lack, nothing can go through the gate.
        if found is None or found.evidence_sha256 is None:
            return True
        if found.recipe_sha256 != recipe_sha256(plugin, self.registry.catalogue):
            return True
        days = self.registry.catalogue.training.retrain_after * 365 / SESSIONS_A_YEAR
        return as_of - found.as_of > timedelta(days=days)

    async def version_for(self, model_id: str, as_of: date) -> ModelVersion:
        """The newest version trained with data up to `as_of` or before. Raises: NoVersion."""
        found = await self.versions.find_newest(model_id, as_of)
        if found is None:
            raise NoVersion(model_id, as_of)
        return found

    async def load(self, model_id: str, version: int) -> Trained:
        """What a version learnt. Raises: NoVersion: it is not stored; ArtifactDamaged."""
        found = await self.versions.find_version(model_id, version)
        if found is None:
            raise NoVersion(model_id, number=version)
        return Trained(
            version=version,
            artifact=await self.versions.get_artifact(found.artifact_sha256),
            scale=Scale.from_json(found.manifest["scale"]),
            trained_from=found.trained_from,
            trained_through=found.trained_through,
            features=tuple(found.features),
            params=found.manifest["params"],
            step=found.manifest["training"]["step"],
        )

    def learner(self, model_id: str) -> TrainedPlugin:
        """The plugin of a model that learns. Raises: UnknownModel, NothingToTrain."""
        plugin = self.registry.learner(model_id)
        if plugin is None:
            raise NothingToTrain(model_id)
        return plugin
