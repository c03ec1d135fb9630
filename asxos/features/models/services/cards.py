"""What is shown of models: each stanza of models.yaml with its newest version and that version's record."""

from dataclasses import dataclass

from asxos.features.models.errors import NoVersion
from asxos.features.models.plugins.base import ModelConfig
from asxos.features.models.records import ModelVersion
from asxos.features.models.registry import ModelRegistry, UnknownModel
from asxos.features.models.repositories import ModelVersionRepository, WeightRepository


@dataclass(frozen=True)
class ModelCard:
    """A model of models.yaml with its newest version, if it has one."""

    config: ModelConfig
    algorithm: str | None
    features: list[str]
    newest: ModelVersion | None


class CardService:
    """Reads only."""

    def __init__(self, versions: ModelVersionRepository, weights: WeightRepository, registry: ModelRegistry) -> None:
        self.versions = versions
        self.weights = weights
        self.registry = registry

    async def cards(self) -> list[ModelCard]:
        """Every model of models.yaml, enabled or not, in its order."""
        return [await self.card(config.model_id) for config in self.registry.catalogue.models]

    async def card(self, model_id: str) -> ModelCard:
        """Raises: UnknownModel."""
        plugin = self.registry.get(model_id)
        if plugin is None:
            raise UnknownModel(model_id)
        about = plugin.get_metadata()
        newest = await self.versions.find_newest(model_id)
        return ModelCard(plugin.config, about.get("algorithm"), list(about.get("features", [])), newest)

    async def evaluation(self, model_id: str) -> ModelVersion:
        """The newest version, whose `metrics` are its out-of-fold record. Raises: UnknownModel, NoVersion."""
        newest = (await self.card(model_id)).newest
        if newest is None:
            raise NoVersion(model_id, None)
        return newest
