"""The JSON of the models API. A measure that could not be taken is null, never 0."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from asxos.domain.ensemble import ConflictStrategy, Weighting
from asxos.domain.promotion import Role
from asxos.domain.ranking import shadow_name
from asxos.features.models.catalogue import EnsembleSection
from asxos.features.models.records import SessionWeights
from asxos.features.models.services import ModelCard


class OrderOut(BaseModel):
    """Measures of order, out of sample; returns are over the horizon, fractions.

    `deciles`: mean excess return by tenth, worst first, gross; `decile_spread` best less worst, `net_spread` after what
    trading it cost; `turnover_best` and `_worst`: the part of the tenth replaced at a rebalance. `sharpe`, `skew` and
    `kurtosis` of the net spread, per period of one horizon; `periods`: as many as do not overlap.
    """

    rank_ic: float | None
    icir: float | None
    hac_t: float | None
    auc: float | None
    decile_spread: float | None
    net_spread: float | None = None
    turnover_best: float | None = None
    turnover_worst: float | None = None
    monotonicity: float | None = None
    deciles: list[float | None]
    dates: int
    sharpe: float | None = None
    periods: int = 0
    skew: float | None = None
    kurtosis: float | None = None


class MetricsOut(OrderOut):
    """A model's out-of-fold record; `baselines` are plain rules measured on the very same rows.

    `left_out`: rows that price and turnover would have let into the universe and doubtful data kept out, by doubt.
    """

    brier: float | None
    ece: float | None
    log_loss: float | None
    coverage: float | None
    width: float | None = None
    calibration: str
    rows: int
    folds: int
    tested_from: date
    tested_through: date
    baselines: dict[str, OrderOut]
    left_out: dict[str, int] = {}


class VersionOut(BaseModel):
    """One of a model's versions: the champion, a challenger of it, or retired."""

    version: str
    as_of: date
    created_at: datetime
    role: Role


class ModelOut(BaseModel):
    """A model and the version that serves: its champion, or its newest as long as none went through the gate.

    `weight` as configured; `baseline`: a plain rule, which need not beat another. What is of a version is null until
    one is trained. `challenger`: newer than the champion, its predictions kept under `shadow`. `versions` newest first.
    """

    model_id: str
    type: str
    enabled: bool
    weight: float
    baseline: bool
    version: str | None
    role: Role | None
    challenger: str | None
    shadow: str | None
    versions: list[VersionOut]
    trained_through: date | None
    algorithm: str | None
    features: list[str]
    metrics: MetricsOut | None

    @classmethod
    def of(cls, card: ModelCard) -> Self:
        config, serves, shadow = card.config, card.serving.version, card.serving.shadow
        return cls(
            model_id=config.model_id,
            type=config.type,
            enabled=config.enabled,
            weight=config.weight,
            baseline=config.baseline,
            version=f"v{serves.version}" if serves else None,
            role=card.serving.role if serves else None,
            challenger=f"v{shadow.version}" if shadow else None,
            shadow=shadow_name(config.model_id, shadow.version) if shadow else None,
            versions=[
                VersionOut(version=f"v{v.version}", as_of=v.as_of, created_at=v.created_at, role=card.role(v.version))
                for v in card.versions
            ],
            trained_through=serves.trained_through if serves else None,
            algorithm=serves.algorithm if serves else card.algorithm,
            features=serves.features if serves else card.features,
            metrics=MetricsOut.model_validate(serves.metrics) if serves else None,
        )


class EnsembleOut(BaseModel):
    """How the enabled models become one word.

    `configured`: the weights of models.yaml; `weights`: those used last, on session `weights_of` (null: not yet).
    """

    enabled: bool
    conflict_strategy: ConflictStrategy
    min_agreement: float
    min_confidence: float
    weighting: Weighting
    floor: float
    cap: float
    half_life: int
    configured: dict[str, float]
    weights: dict[str, float]
    weights_of: date | None

    @classmethod
    def of(cls, section: EnsembleSection, configured: dict[str, float], used: SessionWeights | None) -> Self:
        return cls(
            **section.model_dump(exclude={"weights"}),
            weighting=section.weighting,
            configured=configured,
            weights=used.weights if used else configured,
            weights_of=used.session_date if used else None,
        )


class ModelsOut(BaseModel):
    models: list[ModelOut]
    ensemble: EnsembleOut
