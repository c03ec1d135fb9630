"""What the models tables hold."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One trained version; `as_of` is the session at whose close everything it learnt from was known.

    `manifest` holds params, seed, data_sha256, code, metrics, scale and reference (the factors' bins in training).
    """

    id: int
    model_id: str
    version: int
    as_of: date
    trained_from: date
    trained_through: date
    algorithm: str
    features: list[str]
    artifact_sha256: str
    recipe_sha256: str
    manifest: dict[str, Any]
    created_at: datetime

    @property
    def metrics(self) -> dict[str, Any]:
        """Out-of-fold measures, as `evaluation.evaluate` made them."""
        return self.manifest["metrics"]


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version about to be stored; `artifact` is the plugin's text."""

    model_id: str
    as_of: date
    trained_from: date
    trained_through: date
    algorithm: str
    features: list[str]
    artifact: str
    recipe_sha256: str
    manifest: dict[str, Any]
