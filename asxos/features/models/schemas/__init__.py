"""The JSON of the models API, by noun."""

from asxos.features.models.schemas.evaluation import EvaluationOut
from asxos.features.models.schemas.models import EnsembleOut, MetricsOut, ModelOut, ModelsOut, OrderOut
from asxos.features.models.schemas.promotions import FindingOut, PromotionOut, PromotionsOut

__all__ = [
    "EnsembleOut",
    "EvaluationOut",
    "FindingOut",
    "MetricsOut",
    "ModelOut",
    "ModelsOut",
    "OrderOut",
    "PromotionOut",
    "PromotionsOut",
]
