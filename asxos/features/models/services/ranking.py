"""One session ranked: by every enabled model, then by their ensemble; now, or again as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from asxos.domain.ensemble import combine
from asxos.domain.ranking import ENSEMBLE, Ranking, Recipe, model_of
from asxos.domain.signals import noted
from asxos.features.models.dataset import Dataset, DatasetFeatures
from asxos.features.models.plugins.base import FeatureSource, ModelPlugin
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.services.training import TrainingService


class RankingService:
    """Rankings out of stored versions; nothing is trained here. All that decides one is in its recipe."""

    def __init__(self, training: TrainingService, registry: ModelRegistry) -> None:
        self.training = training
        self.registry = registry

    async def rank(self, as_of: date, recipe: Recipe, features: FeatureSource, symbols: Sequence[str]) -> list[Ranking]:
        """A ranking of each version of the recipe, with reasons, and the ensemble's; shadows give no reasons."""
        rankings = [await self._explained(model, as_of, recipe, features, symbols) for model in recipe.versions]
        return [*rankings, _ensemble(as_of, recipe, rankings)] if self.registry.catalogue.ensemble.enabled else rankings

    async def rank_again(
        self, model: str, as_of: date, recipe: Recipe, features: FeatureSource, symbols: Sequence[str]
    ) -> Ranking:
        """What `recipe` made of `as_of`, made again, without reasons. Raises: UnknownModel, NoVersion."""
        if model != ENSEMBLE:
            return (await self._ranked(model, as_of, recipe, features, symbols))[0]
        members = [await self._ranked(member, as_of, recipe, features, symbols) for member in recipe.weights]
        return _ensemble(as_of, recipe, [ranking for ranking, _ in members])

    async def _explained(
        self, model: str, as_of: date, recipe: Recipe, features: FeatureSource, symbols: Sequence[str]
    ) -> Ranking:
        ranking, plugin = await self._ranked(model, as_of, recipe, features, symbols)
        if ranking.is_shadow or not isinstance(plugin, TrainedPlugin):
            return ranking
        reasons = await plugin.explain([output.symbol for output in ranking.outputs], as_of)
        return replace(ranking, explanations=tuple(reasons))

    async def _ranked(
        self, model: str, as_of: date, recipe: Recipe, features: FeatureSource, symbols: Sequence[str]
    ) -> tuple[Ranking, ModelPlugin]:
        version, model_id = recipe.versions[model], model_of(model)
        trained = None if version is None else await self.training.load(model_id, version)
        plugin = self.registry.bound(model_id, features, trained, recipe.thresholds)
        outputs = noted(await plugin.generate_signals(list(symbols), as_of), recipe.notes.get(model))
        return Ranking(model, as_of, recipe.of(model), tuple(outputs)), plugin


@dataclass(frozen=True, eq=False)
class PastRun:
    """A run of the past, to be made again."""

    ranking: RankingService
    dataset: Dataset

    async def rank(self, model: str, as_of: date, recipe: Recipe, symbols: Mapping[int, str]) -> Ranking:
        """What `recipe` made of `as_of`, without reasons. Raises: UnknownModel, NoVersion, ArtifactDamaged."""
        features = DatasetFeatures(self.dataset, symbols)
        return await self.ranking.rank_again(model, as_of, recipe, features, list(symbols.values()))


def _ensemble(as_of: date, recipe: Recipe, rankings: Sequence[Ranking]) -> Ranking:
    members = {ranking.model: ranking.outputs for ranking in rankings}
    outputs = combine(members, recipe.weights, recipe.rule, recipe.thresholds, recipe.notes.get(ENSEMBLE))
    return Ranking(ENSEMBLE, as_of, recipe, tuple(outputs))
