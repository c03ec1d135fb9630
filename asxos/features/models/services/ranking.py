"""One session ranked: by every enabled model, then by their ensemble."""

from collections.abc import Sequence
from datetime import date

from asxos.domain.ensemble import combine
from asxos.domain.ranking import Explanation, Ranking
from asxos.domain.signals import ModelOutput
from asxos.features.models.plugins.base import FeatureSource
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.services.training import TrainingService

ENSEMBLE = "ensemble"


class RankingService:
    """Rankings out of stored versions; nothing is trained here."""

    def __init__(self, training: TrainingService, registry: ModelRegistry) -> None:
        self.training = training
        self.registry = registry

    async def rank(self, as_of: date, features: FeatureSource, symbols: Sequence[str]) -> list[Ranking]:
        """A ranking of each enabled model, with reasons, and the ensemble's. Raises: NoVersion."""
        rankings: list[Ranking] = []
        for plugin in self.registry.get_enabled():
            model_id = plugin.config.model_id
            outputs = await self.generate(model_id, as_of, features, symbols)
            reasons = await self.explain(model_id, as_of, features, [output.symbol for output in outputs])
            rankings.append(Ranking(model_id, as_of, tuple(outputs), tuple(reasons)))
        return [*rankings, self._ensemble(as_of, rankings)] if self.registry.catalogue.ensemble.enabled else rankings

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

    def _ensemble(self, as_of: date, rankings: Sequence[Ranking]) -> Ranking:
        members = {ranking.model: ranking.outputs for ranking in rankings}
        rule = self.registry.catalogue.ensemble.rule
        outputs = combine(members, self.registry.get_ensemble_weights(), rule, self.registry.thresholds)
        return Ranking(ENSEMBLE, as_of, tuple(outputs))
