from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl
import pytest

from asxos.bootstrap.modelling import Modelling, join_models
from asxos.core.clock import FixedClock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.domain.facts import NO_FACTS, Facts
from asxos.domain.universe import UniverseRule
from asxos.features.models.dataset import Dataset, build_dataset
from asxos.features.models.registry import ModelRegistry
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

    async def facts(self, as_of: date | None = None, recorded_before: datetime | None = None) -> Facts:
        return NO_FACTS


@dataclass(frozen=True)
class Services(Modelling):
    """The models' services and the last session of the panel they know."""

    last: date


@pytest.fixture
def services(db: Database, registry: ModelRegistry, panel: pl.DataFrame, dataset: Dataset) -> Services:
    """The models feature on a real, empty database."""
    return Services(**vars(joined(db, registry, panel)), last=dataset.days[-1])


def joined(db: Database, registry: ModelRegistry, panel: pl.DataFrame) -> Modelling:
    """The services over a market of one panel, on a Friday evening."""
    clock = FixedClock(datetime(2020, 11, 27, 8, 0, tzinfo=UTC))
    return join_models(db, EventBus(db), registry, panels=OnePanel(panel), facts=NoFacts(), clock=clock)
