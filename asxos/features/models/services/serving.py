"""Which versions serve a session: each model's champion, or its newest version as long as there is none."""

from dataclasses import dataclass
from datetime import date

from asxos.domain.ensemble import Standing, Voices, voices
from asxos.domain.factors.library import FACTOR_NAMES
from asxos.domain.promotion import Role
from asxos.features.models.errors import NoVersion
from asxos.features.models.records import ModelVersion, Promotion
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.repositories import ModelVersionRepository, PromotionRepository


@dataclass(frozen=True)
class Serving:
    """The version that ranks for a model, and a challenger newer than the champion, whose predictions are kept beside.

    `version` is None for a model that was never trained, and for one that does not learn: nothing of it can be judged.
    """

    model_id: str
    version: ModelVersion | None
    role: Role
    shadow: ModelVersion | None = None

    @property
    def number(self) -> int | None:
        return self.version.version if self.version else None


class ServingService:
    """Reads only."""

    def __init__(self, versions: ModelVersionRepository, ledger: PromotionRepository, registry: ModelRegistry) -> None:
        self.versions = versions
        self.ledger = ledger
        self.registry = registry

    async def on(self, session: date | None) -> list[Serving]:
        """What serves `session` (None: now) of the enabled models, in the order of models.yaml.

        A model that learns and has never had enough to learn from is left out. Raises: NoVersion: so are all.
        """
        champions = await self.ledger.champions(session)
        served = [await self._of(plugin.config.model_id, session, champions) for plugin in self.registry.get_enabled()]
        able = [s for s in served if s.version is not None or self.registry.learner(s.model_id) is None]
        if served and not able:
            raise NoVersion(served[0].model_id, session)
        return able

    async def now(self, model_id: str) -> Serving:
        """What serves a model now, enabled or not. Raises: UnknownModel."""
        return await self._of(model_id, None, await self.ledger.champions())

    def voices(self, served: list[Serving]) -> Voices:
        """Who of them speaks in the ensemble, with which of the configured weights."""
        configs = [self.registry.config(one.model_id) for one in served]
        return voices(
            [
                Standing(config.model_id, config.weight, one.role is Role.CHAMPION, config.baseline)
                for config, one in zip(configs, served, strict=True)
            ]
        )

    async def _of(self, model_id: str, session: date | None, champions: dict[str, Promotion]) -> Serving:
        learns = self.registry.learner(model_id) is not None
        newest = await self.versions.find_newest(model_id, session) if learns else None
        promoted = champions.get(model_id)
        champion = await self.versions.find_version(model_id, promoted.version) if promoted and newest else None
        # One made of factors that are no more cannot be asked; its successor was due when they went.
        if newest is None or champion is None or not set(champion.features) <= set(FACTOR_NAMES):
            return Serving(model_id, newest, Role.CHALLENGER)
        is_newer = (newest.as_of, newest.version) > (champion.as_of, champion.version)
        return Serving(model_id, champion, Role.CHAMPION, newest if is_newer else None)
