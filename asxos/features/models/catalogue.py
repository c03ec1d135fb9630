"""models.yaml as typed, checked values; an unknown or wrong key is refused by name."""

from importlib.resources import files
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from asxos.core.errors import BadInput
from asxos.domain.bars.jumps import LARGEST_MOVE
from asxos.domain.ensemble import ConflictStrategy, EnsembleRule, Limits, Weighting
from asxos.domain.promotion import Gate
from asxos.domain.quality import QualityRule
from asxos.domain.signals import Thresholds
from asxos.domain.universe import UniverseRule
from asxos.features.models.plugins.base import ModelConfig


class BadModelsFile(BadInput):
    """models.yaml cannot be used; the message names the file and the field."""

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"{name}: {fault}")


class EnsembleSection(BaseModel, frozen=True, extra="forbid"):
    """`floor` and `cap` of a member's weight; `half_life` in sessions: how soon what a model has shown counts half."""

    enabled: bool = True
    conflict_strategy: ConflictStrategy = ConflictStrategy.WEIGHTED_MAJORITY
    min_agreement: float = Field(default=0.5, ge=0, le=1)
    min_confidence: float = Field(default=0.53, ge=0, le=1)
    weights: Weighting = Weighting.DYNAMIC
    floor: float = 0.05
    cap: float = 0.60
    half_life: int = Field(default=252, ge=21)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        Limits(self.floor, self.cap)
        is_stacked = self.conflict_strategy is ConflictStrategy.STACKED
        if is_stacked and "weights" in self.model_fields_set and self.weights is not Weighting.STACKED:
            raise ValueError("conflict_strategy stacked learns its weights: leave `weights` out, or say stacked")
        return self

    @property
    def rule(self) -> EnsembleRule:
        return EnsembleRule(self.conflict_strategy, self.min_agreement, self.min_confidence)

    @property
    def weighting(self) -> Weighting:
        """Where weights come from; the strategy `stacked` says so by itself."""
        return Weighting.STACKED if self.conflict_strategy is ConflictStrategy.STACKED else self.weights

    @property
    def limits(self) -> Limits:
        return Limits(self.floor, self.cap)


class PromotionSection(BaseModel, frozen=True, extra="forbid"):
    """The gate's bounds; see models.yaml."""

    max_ece: float = Field(default=0.02, gt=0, le=1)
    min_coverage: float = Field(default=0.88, ge=0, le=1)
    max_coverage: float = Field(default=0.92, ge=0, le=1)
    min_t: float = Field(default=1.0, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_coverage > self.max_coverage:
            raise ValueError("min_coverage is above max_coverage")
        return self

    @property
    def gate(self) -> Gate:
        return Gate(**self.model_dump())


class ThresholdsSection(BaseModel, frozen=True, extra="forbid"):
    strong_buy: float = 0.60
    buy: float = 0.53
    sell: float = 0.47
    strong_sell: float = 0.40

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        Thresholds(**self.model_dump())
        return self


class QualitySection(BaseModel, frozen=True, extra="forbid"):
    window: int = Field(default=20, ge=1, le=252)
    min_present: float = Field(default=0.75, gt=0, le=1)
    max_still: int = Field(default=10, ge=1)
    max_move: float = Field(default=LARGEST_MOVE, gt=0)
    wait: int = Field(default=5, ge=0)


class UniverseSection(BaseModel, frozen=True, extra="forbid"):
    min_close: float = Field(default=0.20, ge=0)
    min_turnover: float = Field(default=250_000, ge=0)
    window: int = Field(default=20, ge=1, le=252)
    quality: QualitySection = QualitySection()


class SignalsSection(BaseModel, frozen=True, extra="forbid"):
    horizon: int = Field(default=21, ge=1, le=252)
    thresholds: ThresholdsSection = ThresholdsSection()
    universe: UniverseSection = UniverseSection()


class TrainingSection(BaseModel, frozen=True, extra="forbid"):
    """Sessions, all of them; see models.yaml."""

    step: int = Field(default=5, ge=1)
    max_train: int = Field(default=2016, ge=252)
    min_train: int = Field(default=504, ge=126)
    test_size: int = Field(default=252, ge=21)
    embargo: int = Field(default=5, ge=0)
    retrain_after: int = Field(default=63, ge=1)
    seed: int = 7


class Catalogue(BaseModel, frozen=True, extra="forbid"):
    """The whole file."""

    ensemble: EnsembleSection = EnsembleSection()
    promotion: PromotionSection = PromotionSection()
    models: tuple[ModelConfig, ...] = Field(min_length=1)
    signals: SignalsSection = SignalsSection()
    training: TrainingSection = TrainingSection()

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [model.model_id for model in self.models]
        doubled = next((name for name in ids if ids.count(name) > 1), None)
        if doubled or "ensemble" in ids:
            raise ValueError(f"model_id {doubled or 'ensemble'!r} is taken")
        return self

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(**self.signals.thresholds.model_dump())

    @property
    def universe(self) -> UniverseRule:
        section = self.signals.universe
        quality = QualityRule(**section.quality.model_dump())
        return UniverseRule(**section.model_dump(exclude={"quality"}), quality=quality)


def read_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue in `path` (default: the one shipped). Raises: BadModelsFile."""
    shipped = files("asxos.features.models") / "config" / "models.yaml"
    name = str(path or "models.yaml")
    try:
        stored = yaml.safe_load((path or shipped).read_text("utf-8"))
        return Catalogue.model_validate(stored)
    except OSError as error:
        raise BadModelsFile(name, f"cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise BadModelsFile(name, " ".join(str(error).split())) from error
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise BadModelsFile(name, f"{field}: {fault['msg']}") from error
