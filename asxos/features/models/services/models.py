"""The models' work over a panel: its dataset built once, every model trained if due, every session ranked."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from asxos.core.progress import Progress
from asxos.domain.facts import Facts
from asxos.domain.ranking import FactsUsed, Ranking, Recipe
from asxos.features.models.dataset import Dataset, DatasetFeatures, build_dataset
from asxos.features.models.errors import NoPrices
from asxos.features.models.records import ModelVersion, Promotion
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.repositories import InputRepository
from asxos.features.models.services.ports import FactSource, Panels
from asxos.features.models.services.promotion import PromotionService
from asxos.features.models.services.ranking import PastRun, RankingService
from asxos.features.models.services.recipes import RecipeService
from asxos.features.models.services.training import TrainingService
from asxos.features.models.training import NotEnoughHistory


class ModelService:
    """What other features and jobs ask of the models."""

    def __init__(
        self,
        training: TrainingService,
        promotion: PromotionService,
        recipes: RecipeService,
        ranking: RankingService,
        registry: ModelRegistry,
        *,
        panels: Panels,
        facts: FactSource,
        inputs: InputRepository,
    ) -> None:
        self.training = training
        self.promotion = promotion
        self.recipes = recipes
        self.ranking = ranking
        self.registry = registry
        self.panels = panels
        self.facts = facts
        self.inputs = inputs

    async def train(
        self, model_id: str, as_of: date | None, progress: Progress
    ) -> tuple[ModelVersion, Promotion | None]:
        """Train now, due or not, on the market as known on `as_of` (default: its latest session), and judge it.

        A version that stood already has been judged already: no decision is taken then.

        Raises: UnknownModel, NothingToTrain, NoPrices, NotEnoughHistory.
        """
        self.training.learner(model_id)
        progress.step("prices")
        panel = await self.panels.panel(as_of)
        if panel.is_empty():
            raise NoPrices(as_of)
        progress.step("factors")
        dataset = await self._dataset(panel, await self.facts.facts(as_of))
        progress.step("train")
        version = await self.training.train(model_id, dataset.days[-1], dataset, progress)
        return version, await self.promotion.judge(version)

    async def rank_all(
        self, panel: pl.DataFrame, sessions: Sequence[date], symbols: Mapping[int, str], progress: Progress
    ) -> list[Ranking]:
        """Rank every session by the enabled models, trained if due, and by the ensemble.

        A model whose data are too few to train on is left out, and the recipe notes why; so is a past session too
        early for every model. Raises: NotEnoughHistory: so is the last.
        """
        progress.step("factors")
        facts, used = await self._facts(sessions[-1])
        dataset = await self._dataset(panel, facts)
        rankings: list[Ranking] = []
        for session in sessions:
            try:
                absent = await self._train_due(session, dataset, progress)
            except NotEnoughHistory:
                if session == sessions[-1]:
                    raise
            else:
                progress.step("signals")
                features = DatasetFeatures(dataset, symbols)
                recipe = await self.recipes.recipe(session, dataset, used, absent)
                rankings += await self.ranking.rank(session, recipe, features, list(symbols.values()))
        return rankings

    async def past_run(self, panel: pl.DataFrame, recipe: Recipe) -> PastRun:
        """What a past run ranked from, to make its rankings again. Raises: InputDamaged."""
        used = recipe.facts
        sectors = await self.inputs.get(used.sectors_sha256)
        facts = replace(await self.facts.facts(used.as_of, used.recorded_before), sectors=sectors)
        dataset = await asyncio.to_thread(build_dataset, panel, recipe.universe, recipe.horizon, facts)
        return PastRun(self.ranking, dataset)

    async def _facts(self, as_of: date) -> tuple[Facts, FactsUsed]:
        """What is known of companies on `as_of`, and how to read the very same again."""
        settled = await self.inputs.settled()
        facts = await self.facts.facts(as_of, settled)
        return facts, FactsUsed(as_of, settled, await self.inputs.keep(facts.sectors))

    async def _dataset(self, panel: pl.DataFrame, facts: Facts) -> Dataset:
        catalogue = self.registry.catalogue
        return await asyncio.to_thread(build_dataset, panel, catalogue.universe, catalogue.signals.horizon, facts)

    async def _train_due(self, as_of: date, dataset: Dataset, progress: Progress) -> dict[str, str]:
        """Train what is due, then put whatever is new through the gate: all that it may be compared with is there.

        Which models could not be trained, and why. Raises: NotEnoughHistory: none of them could.
        """
        models = [plugin.config.model_id for plugin in self.registry.get_enabled()]
        absent: dict[str, NotEnoughHistory] = {}
        for model_id in models:
            if await self.training.is_due(model_id, as_of):
                progress.step("train")
                try:
                    await self.training.train(model_id, as_of, dataset, progress)
                except NotEnoughHistory as error:
                    absent[model_id] = error
        if absent and len(absent) == len(models):
            raise absent[models[0]]
        for model_id in models:
            if (newest := await self.training.versions.find_newest(model_id, as_of)) is not None:
                await self.promotion.judge(newest)
        return {model_id: str(error) for model_id, error in absent.items()}
