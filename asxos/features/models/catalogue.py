"""models.yaml as typed, checked values; an unknown or wrong key is refused by name."""

from importlib.resources import files
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from asxos.core.errors import BadInput
from asxos.domain.ensemble import ConflictStrategy, EnsembleRule
from asxos.domain.signals import Thresholds
from asxos.domain.universe import UniverseRule
from asxos.features.models.plugins.base import ModelConfig


class BadModelsFile(BadInput):
    """models.yaml cannot be used; the message names the file and the field."""

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"{name}: {fault}")


class EnsembleSection(BaseModel, frozen=True, extra="forbid"):
    enabled: bool = True
    conflict_strategy: ConflictStrategy = ConflictStrategy.WEIGHTED_MAJORITY
    min_agreement: float = Field(default=0.5, ge=0, le=1)
    min_confidence: float = Field(default=0.53, ge=0, le=1)

    @property
    def rule(self) -> EnsembleRule:
        return EnsembleRule(self.conflict_strategy, self.min_agreement, self.min_confidence)


class ThresholdsSection(BaseModel, frozen=True, extra="forbid"):
    strong_buy: float = 0.60
    buy: float = 0.53
    sell: float = 0.47
    strong_sell: float = 0.40

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        Thresholds(**self.model_dump())
        return self


class UniverseSection(BaseModel, frozen=True, extra="forbid"):
    min_close: float = Field(default=0.20, ge=0)
    min_turnover: float = Field(default=250_000, ge=0)
    window: int = Field(default=20, ge=1, le=252)


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
        return UniverseRule(**self.signals.universe.model_dump())


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
