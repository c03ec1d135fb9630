"""What can be done with models: train when due, find the version of a date, rank shares, say how good they were."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import polars as pl

from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.progress import Progress
from asxos.core.service import BaseService
from asxos.domain.calibration.scale import Scale
from asxos.domain.ensemble import combine
from asxos.domain.ranking import Explanation, Ranking
from asxos.domain.signals import ModelOutput
from asxos.features.models.dataset import Dataset, DatasetFeatures, build_dataset
from asxos.features.models.errors import NoPrices, NothingToTrain, NoVersion
from asxos.features.models.manifest import manifest_of, recipe_sha256
from asxos.features.models.plugins.base import FeatureSource, ModelConfig
from asxos.features.models.plugins.trained import Trained, TrainedPlugin
from asxos.features.models.records import ModelVersion, NewVersion
from asxos.features.models.registry import ModelRegistry, UnknownModel
from asxos.features.models.repositories import ModelVersionRepository
from asxos.features.models.training import NotEnoughHistory, train

ENSEMBLE = "ensemble"
SESSIONS_A_YEAR = 254


class Panels(Protocol):
    """What models ask of the market; prices come as they were known on `as_of` (default: now)."""

    async def panel(self, as_of: date | None = None) -> pl.DataFrame: ...


class TrainingService(BaseService):
    """Versions of models: made when due, found by date, never one that saw later data."""

    def __init__(
        self, versions: ModelVersionRepository, registry: ModelRegistry, *, db: Database, event_bus: EventBus
    ) -> None:
        super().__init__(db, event_bus)
        self.versions = versions
        self.registry = registry

    async def train(self, model_id: str, as_of: date, dataset: Dataset, on_progress: Progress) -> ModelVersion:
        """Train on what was known at the close of `as_of` and store the version.

        Raises: UnknownModel, NothingToTrain, NotEnoughHistory.
        """
        plugin, catalogue = self.learner(model_id), self.registry.catalogue
        draft = await asyncio.to_thread(train, plugin, dataset, as_of, catalogue.training, on_progress)
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
                recipe_sha256=recipe_sha256(plugin, catalogue),
                manifest=manifest,
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
        if found is None or found.recipe_sha256 != recipe_sha256(plugin, self.registry.catalogue):
            return True
        days = self.registry.catalogue.training.retrain_after * 365 / SESSIONS_A_YEAR
        return as_of - found.as_of > timedelta(days=days)

    async def version_for(self, model_id: str, as_of: date) -> ModelVersion:
        """The newest version trained with data up to `as_of` or before. Raises: NoVersion."""
        found = await self.versions.find_newest(model_id, as_of)
        if found is None:
            raise NoVersion(model_id, as_of)
        return found

    async def trained_for(self, model_id: str, as_of: date) -> Trained | None:
        """What `version_for` learnt, loaded; None if the model does not learn. Raises: NoVersion, ArtifactDamaged."""
        if self.registry.learner(model_id) is None:
            return None
        found = await self.version_for(model_id, as_of)
        artifact = await self.versions.get_artifact(found.artifact_sha256)
        scale = Scale.from_json(found.manifest["scale"])
        return Trained(found.version, artifact, scale, found.trained_from, found.trained_through)

    def learner(self, model_id: str) -> TrainedPlugin:
        """The plugin of a model that learns. Raises: UnknownModel, NothingToTrain."""
        plugin = self.registry.learner(model_id)
        if plugin is None:
            raise NothingToTrain(model_id)
        return plugin


@dataclass(frozen=True)
class ModelCard:
    """A model of models.yaml with its newest version, if it has one."""

    config: ModelConfig
    algorithm: str | None
    features: list[str]
    newest: ModelVersion | None


class ModelService(BaseService):
    """Rankings by every enabled model and their ensemble, and the models' cards."""

    def __init__(
        self,
        training: TrainingService,
        registry: ModelRegistry,
        *,
        panels: Panels,
        db: Database,
        event_bus: EventBus,
    ) -> None:
        super().__init__(db, event_bus)
        self.training = training
        self.registry = registry
        self.panels = panels

    async def train(self, model_id: str, as_of: date | None, progress: Progress) -> ModelVersion:
        """Train now, due or not, on the market as known on `as_of` (default: its latest session).

        Raises: UnknownModel, NothingToTrain, NoPrices, NotEnoughHistory.
        """
        self.training.learner(model_id)
        progress.step("prices")
        panel = await self.panels.panel(as_of)
        if panel.is_empty():
            raise NoPrices(as_of)
        progress.step("factors")
        dataset = await self._dataset(panel)
        progress.step("train")
        return await self.training.train(model_id, dataset.days[-1], dataset, progress)

    async def rank_all(
        self, panel: pl.DataFrame, sessions: Sequence[date], symbols: Mapping[int, str], progress: Progress
    ) -> list[Ranking]:
        """Rank every session by the enabled models, trained if due, and by the ensemble.

        A past session too early to train for is left out. Raises: NotEnoughHistory: so is the last.
        """
        progress.step("factors")
        dataset = await self._dataset(panel)
        rankings: list[Ranking] = []
        for session in sessions:
            try:
                await self._train_due(session, dataset, progress)
            except NotEnoughHistory:
                if session == sessions[-1]:
                    raise
            else:
                progress.step("signals")
                rankings += await self._rank(session, DatasetFeatures(dataset, symbols), list(symbols.values()))
        return rankings

    async def generate(
        self, model_id: str, as_of: date, features: FeatureSource, symbols: Sequence[str]
    ) -> list[ModelOutput]:
        """One model's ranking of `symbols`. Raises: UnknownModel, NoVersion."""
        trained = await self.training.trained_for(model_id, as_of)
        return await self.registry.bound(model_id, features, trained).generate_signals(list(symbols), as_of)

    async def explain(
        self, model_id: str, as_of: date, features: FeatureSource, symbols: Sequence[str]
    ) -> list[Explanation]:
        """Additive reasons for the scores of `symbols`; empty where the model cannot tell. Raises: as generate."""
        trained = await self.training.trained_for(model_id, as_of)
        plugin = self.registry.bound(model_id, features, trained)
        return await plugin.explain(list(symbols), as_of) if isinstance(plugin, TrainedPlugin) else []

    async def cards(self) -> list[ModelCard]:
        """Every model of models.yaml, enabled or not, in its order."""
        return [await self.card(config.model_id) for config in self.registry.catalogue.models]

    async def card(self, model_id: str) -> ModelCard:
        """Raises: UnknownModel."""
        plugin = self.registry.get(model_id)
        if plugin is None:
            raise UnknownModel(model_id)
        about = plugin.get_metadata()
        newest = await self.training.versions.find_newest(model_id)
        return ModelCard(plugin.config, about.get("algorithm"), list(about.get("features", [])), newest)

    async def evaluation(self, model_id: str) -> ModelVersion:
        """The newest version, whose `metrics` are its out-of-fold record. Raises: UnknownModel, NoVersion."""
        newest = (await self.card(model_id)).newest
        if newest is None:
            raise NoVersion(model_id, None)
        return newest

    async def _dataset(self, panel: pl.DataFrame) -> Dataset:
        catalogue = self.registry.catalogue
        return await asyncio.to_thread(build_dataset, panel, catalogue.universe, catalogue.signals.horizon)

    async def _train_due(self, as_of: date, dataset: Dataset, progress: Progress) -> None:
        for plugin in self.registry.get_enabled():
            if await self.training.is_due(plugin.config.model_id, as_of):
                progress.step("train")
                await self.training.train(plugin.config.model_id, as_of, dataset, progress)

    async def _rank(self, as_of: date, features: FeatureSource, symbols: Sequence[str]) -> list[Ranking]:
        rankings: list[Ranking] = []
        for plugin in self.registry.get_enabled():
            model_id = plugin.config.model_id
            outputs = await self.generate(model_id, as_of, features, symbols)
            reasons = await self.explain(model_id, as_of, features, [output.symbol for output in outputs])
            rankings.append(Ranking(model_id, as_of, tuple(outputs), tuple(reasons)))
        return [*rankings, self._ensemble(as_of, rankings)] if self.registry.catalogue.ensemble.enabled else rankings

    def _ensemble(self, as_of: date, rankings: Sequence[Ranking]) -> Ranking:
        members = {ranking.model: ranking.outputs for ranking in rankings}
        rule = self.registry.catalogue.ensemble.rule
        outputs = combine(members, self.registry.get_ensemble_weights(), rule, self.registry.thresholds)
        return Ranking(ENSEMBLE, as_of, tuple(outputs))
