"""SQL for the models' tables, one repository a noun; no rules, no events."""

from asxos.features.models.repositories.versions import (
    ArtifactDamaged,
    EvidenceDamaged,
    ModelVersionRepository,
    TrialRepository,
)

__all__ = ["ArtifactDamaged", "EvidenceDamaged", "ModelVersionRepository", "TrialRepository"]
