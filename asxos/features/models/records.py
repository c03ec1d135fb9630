"""What the models tables hold."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One trained version; `as_of` is the session at whose close everything it learnt from was known.

    `manifest` holds params, seed, data_sha256, code, metrics, scale and reference (the factors' bins in training).
    `evidence_sha256` is null for versions made before evidence was kept.
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
    evidence_sha256: str | None

    @property
    def metrics(self) -> dict[str, Any]:
        """Out-of-fold measures, as `evaluation.evaluate` made them."""
        return self.manifest["metrics"]

    @property
    def leaks(self) -> int | None:
        """How many leaks its checks found; None for versions made before there were any."""
        return self.manifest.get("leaks", {}).get("found")


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version in a list."""

    version: int
    as_of: date
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewTrial:
    """A training run about to be logged; `sharpe` and what follows as `domain.validation.sharpe` has them."""

    model_id: str
    as_of: date
    recipe_sha256: str
    seed: int
    sharpe: float | None
    periods: int
    skew: float | None
    kurtosis: float | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A training run that was, whatever became of it."""

    id: int
    model_id: str
    as_of: date
    recipe_sha256: str
    seed: int
    sharpe: float | None
    periods: int
    skew: float | None
    kurtosis: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """All trials ever: how many, and the variance of their Sharpe ratios per period (0 for fewer than two)."""

    trials: int
    variance: float


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version about to be stored; `artifact` is the plugin's text, `evidence` what `validation.evidence` packed."""

    model_id: str
    as_of: date
    trained_from: date
    trained_through: date
    algorithm: str
    features: list[str]
    artifact: str
    evidence: bytes
    recipe_sha256: str
    manifest: dict[str, Any]
    trial: NewTrial


@dataclass(frozen=True, slots=True)
class NewPromotion:
    """A decision about to be written: `action` on a version, for sessions from `effective_from` on.

    `gate`: the gate's findings, one a line: measure, value, bound, passed. `decided_by`: a person, or `system`.
    """

    model_id: str
    version: int
    action: str
    effective_from: date
    decided_at: datetime
    decided_by: str
    evidence_sha256: str | None
    gate: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion(NewPromotion):
    """A decision of the ledger; `sha256` is of it and of the decision before it."""

    id: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SessionWeights:
    """What the ensemble's members weighed on a session, sum 1; `basis` is what the weights were made from."""

    id: int
    session_date: date
    basis_sha256: str
    basis: dict[str, Any]
    weights: dict[str, float]
    known_at: datetime
