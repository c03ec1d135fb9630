"""What a session's rankings are made of: the versions that serve, who has a voice, and what each voice weighs."""

from collections.abc import Mapping, Sequence
from datetime import date

from asxos.domain.ensemble import Voices
from asxos.domain.promotion import Role
from asxos.domain.ranking import ENSEMBLE, FactsUsed, Recipe, shadow_name
from asxos.features.models.dataset import Dataset
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.services.serving import Serving, ServingService
from asxos.features.models.services.weighing import WeighingService

NOBODY: Mapping[str, str] = {}
SILENT = "not promoted: no voice in the ensemble"


class RecipeService:
    """Recipes of sessions as they are now; one that was used is kept with its ranking."""

    def __init__(self, serving: ServingService, weighing: WeighingService, registry: ModelRegistry) -> None:
        self.serving = serving
        self.weighing = weighing
        self.registry = registry

    async def recipe(
        self, session: date, dataset: Dataset, facts: FactsUsed, absent: Mapping[str, str] = NOBODY
    ) -> Recipe:
        """Versions of the enabled models that can rank, and of challengers under names of their own.

        `absent`: why models cannot, noted under their names. Raises: NoVersion: none can.
        """
        served, catalogue = await self.serving.on(session), self.registry.catalogue
        heard = self.serving.voices(served)
        shadows = {shadow_name(s.model_id, s.shadow.version): s.shadow.version for s in served if s.shadow}
        versions = {s.model_id: s.number for s in served} | shadows
        silent = {model_id: why for model_id, why in absent.items() if model_id not in versions}
        return Recipe(
            versions=versions,
            weights=await self.weighing.weigh(session, heard.weights, served, dataset),
            notes=_notes(served, heard) | silent,
            rule=catalogue.ensemble.rule,
            thresholds=catalogue.thresholds,
            universe=catalogue.universe,
            horizon=catalogue.signals.horizon,
            facts=facts,
        )


def _notes(served: Sequence[Serving], heard: Voices) -> dict[str, str]:
    silent = [s.model_id for s in served if s.role is Role.CHALLENGER and s.model_id not in heard.weights]
    shadows = {shadow_name(s.model_id, s.shadow.version): f"challenger of v{s.number}" for s in served if s.shadow}
    return dict.fromkeys(silent, SILENT) | shadows | ({ENSEMBLE: heard.note} if heard.note else {})
