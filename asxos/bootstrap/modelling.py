"""The models, joined."""

from dataclasses import dataclass

from asxos.core.clock import Clock
from asxos.core.compute import HERE, Compute
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.repositories import (
    InputRepository,
    ModelVersionRepository,
    PromotionRepository,
    WeightRepository,
)
from asxos.features.models.services import (
    CardService,
    FactSource,
    ModelService,
    Panels,
    PastRankingService,
    PromotionService,
    RankingService,
    RecipeService,
    ServingService,
    TrainingService,
    WeighingService,
)


@dataclass(frozen=True)
class Modelling:
    """The services of the models."""

    training: TrainingService
    promotion: PromotionService
    recipes: RecipeService
    ranking: RankingService
    models: ModelService
    cards: CardService
    past: PastRankingService


def join_models(
    db: Database,
    event_bus: EventBus,
    registry: ModelRegistry,
    *,
    panels: Panels,
    facts: FactSource,
    clock: Clock,
    compute: Compute = HERE,
) -> Modelling:
    """The models' services over one database."""
    versions, ledger, weights = ModelVersionRepository(db), PromotionRepository(db), WeightRepository(db)
    training = TrainingService(versions, registry, db=db, event_bus=event_bus, compute=compute)
    promotion = PromotionService(ledger, versions, weights, registry, clock=clock)
    serving, weighing = ServingService(versions, ledger, registry), WeighingService(weights, training, registry)
    recipes, ranking = RecipeService(serving, weighing, registry), RankingService(training, registry)
    inputs = InputRepository(db)
    models = ModelService(training, promotion, recipes, ranking, registry, panels=panels, facts=facts, inputs=inputs)
    cards, past = CardService(serving, weights, registry), PastRankingService(serving, weighing)
    return Modelling(training, promotion, recipes, ranking, models, cards, past)
