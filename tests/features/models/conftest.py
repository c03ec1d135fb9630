from dataclasses import dataclass
from datetime import date

import polars as pl
import pytest

from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.domain.facts import NO_FACTS, Facts
from asxos.domain.universe import UniverseRule
from asxos.features.models.dataset import Dataset, build_dataset
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.repositories import ModelVersionRepository, WeightRepository
from asxos.features.models.services import CardService, ModelService, RankingService, TrainingService
from tests.features.models.panels import random_walk


@pytest.fixture(scope="session")
def panel() -> pl.DataFrame:
    """Sixty shares of three years with lasting drifts, so that momentum foretells."""
    return random_walk(trend=0.0015)


@pytest.fixture(scope="session")
def dataset(panel: pl.DataFrame) -> Dataset:
    return build_dataset(panel, UniverseRule())


@pytest.fixture
def registry() -> ModelRegistry:
    return ModelRegistry.from_yaml()


@dataclass(frozen=True)
class OnePanel:
    """A market that knows one panel."""

    frame: pl.DataFrame

    async def panel(self, as_of: date | None = None) -> pl.DataFrame:
        return self.frame if as_of is None else self.frame.filter(pl.col("session_date") <= as_of)


@dataclass(frozen=True)
class NoFacts:
    """A market of which nothing but prices is known."""

    async def facts(self, as_of: date | None = None) -> Facts:
        return NO_FACTS


@dataclass(frozen=True)
class Services:
    versions: ModelVersionRepository
    training: TrainingService
    models: ModelService
    ranking: RankingService
    cards: CardService
    last: date


@pytest.fixture
def services(db: Database, registry: ModelRegistry, panel: pl.DataFrame, dataset: Dataset) -> Services:
    """The models feature on a real, empty database."""
    versions, bus = ModelVersionRepository(db), EventBus(db)
    training = TrainingService(versions, registry, db=db, event_bus=bus)
    ranking = RankingService(training, registry)
    models = ModelService(training, ranking, registry, panels=OnePanel(panel), facts=NoFacts())
    return Services(
        versions, training, models, ranking, CardService(versions, WeightRepository(db), registry), dataset.days[-1]
    )
