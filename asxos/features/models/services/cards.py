"""What is shown of models: each stanza of models.yaml with its versions, and the record of the one that serves."""

from dataclasses import dataclass

from asxos.domain.promotion import Role
from asxos.features.models.errors import NoVersion
from asxos.features.models.plugins.base import ModelConfig
from asxos.features.models.records import ModelVersion, Promotion, SessionWeights, Tally, VersionSummary
from asxos.features.models.registry import ModelRegistry, UnknownModel
from asxos.features.models.repositories import WeightRepository
from asxos.features.models.services.serving import Serving, ServingService


@dataclass(frozen=True)
class ModelCard:
    """A model of models.yaml, what serves it, and its versions, newest first."""

    config: ModelConfig
    algorithm: str | None
    features: list[str]
    serving: Serving
    versions: list[VersionSummary]

    def role(self, number: int) -> Role:
        """What a version is to the model now."""
        if number == self.serving.number:
            return self.serving.role
        shadow = self.serving.shadow
        return Role.CHALLENGER if shadow and shadow.version == number else Role.RETIRED


@dataclass(frozen=True)
class Ledger:
    """Decisions on a model or on all, latest first; `broken`: the first that does not follow from those before it."""

    promotions: list[Promotion]
    broken: Promotion | None


class CardService:
    """Reads only."""

    def __init__(self, serving: ServingService, weights: WeightRepository, registry: ModelRegistry) -> None:
        self.serving = serving
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
        about, versions = plugin.get_metadata(), await self.serving.versions.summaries(model_id)
        serving = await self.serving.now(model_id)
        return ModelCard(plugin.config, about.get("algorithm"), list(about.get("features", [])), serving, versions)

    async def evaluation(self, model_id: str, number: int | None = None) -> ModelVersion:
        """A version (default: the one that serves), whose `metrics` are its out-of-fold record.

        Raises: UnknownModel, NoVersion.
        """
        serving = (await self.card(model_id)).serving.version
        found = serving if number is None else await self.serving.versions.find_version(model_id, number)
        if found is None:
            raise NoVersion(model_id, number=number)
        return found

    async def tally(self) -> Tally:
        """Every training run ever logged, whatever became of it."""
        return await self.serving.versions.trials.tally()

    async def ledger(self, model_id: str | None = None, limit: int = 100) -> Ledger:
        """Raises: UnknownModel."""
        kept = self.serving.ledger
        if model_id is None:
            return Ledger(await kept.latest(limit), await kept.find_break())
        self.registry.config(model_id)
        return Ledger(await kept.of(model_id, limit), await kept.find_break())

    async def weights_used(self) -> SessionWeights | None:
        """The weights of the ensemble's latest ranking, if it has one."""
        return await self.weights.latest()
