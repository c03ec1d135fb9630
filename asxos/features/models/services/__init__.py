"""What can be done with models, by noun: versions are trained, sessions ranked, models shown."""

from asxos.features.models.services.cards import CardService, Ledger, ModelCard
from asxos.features.models.services.models import ModelService
from asxos.features.models.services.past import EnsembleRecord, PastRankingService
from asxos.features.models.services.ports import FactSource, Panels
from asxos.features.models.services.promotion import PromotionService
from asxos.features.models.services.ranking import RankingService
from asxos.features.models.services.recipes import RecipeService
from asxos.features.models.services.serving import Serving, ServingService
from asxos.features.models.services.training import TrainingService
from asxos.features.models.services.weighing import WeighingService

__all__ = [
    "CardService",
    "EnsembleRecord",
    "FactSource",
    "Ledger",
    "ModelCard",
    "ModelService",
    "Panels",
    "PastRankingService",
    "PromotionService",
    "RankingService",
    "RecipeService",
    "Serving",
    "ServingService",
    "TrainingService",
    "WeighingService",
]
