"""SQL for the models' tables, one repository a noun; no rules, no events."""

from asxos.features.models.repositories.inputs import InputDamaged, InputRepository
from asxos.features.models.repositories.promotions import PromotionRepository
from asxos.features.models.repositories.versions import (
    ArtifactDamaged,
    EvidenceDamaged,
    ModelVersionRepository,
    TrialRepository,
)
from asxos.features.models.repositories.weights import WeightRepository

__all__ = [
    "ArtifactDamaged",
    "EvidenceDamaged",
    "InputDamaged",
    "InputRepository",
    "ModelVersionRepository",
    "PromotionRepository",
    "TrialRepository",
    "WeightRepository",
]
