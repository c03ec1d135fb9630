"""What can be done with models, by noun: versions are trained, sessions ranked, models shown."""

from asxos.features.models.services.cards import CardService, ModelCard
from asxos.features.models.services.models import ModelService
from asxos.features.models.services.past import PastRankingService
from asxos.features.models.services.ports import FactSource, Panels
from asxos.features.models.services.ranking import ENSEMBLE, RankingService
from asxos.features.models.services.training import TrainingService

__all__ = [
    "ENSEMBLE",
    "CardService",
    "FactSource",
    "ModelCard",
    "ModelService",
    "Panels",
    "PastRankingService",
    "RankingService",
    "TrainingService",
]
