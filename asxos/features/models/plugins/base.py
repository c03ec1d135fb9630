"""What every model must be: a configuration, a source of factors, and ranked outputs for a date."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, field_validator

from asxos.domain.ranking import SHADOW
from asxos.domain.signals import ModelOutput

FloatMatrix = NDArray[np.float64]


class ModelConfig(BaseModel, frozen=True, extra="forbid"):
    """One stanza of models.yaml. `plugin` is `package.module:ClassName`; `params` are the plugin's own.

    A `baseline` is a plain rule: it need not beat another to be promoted, and it speaks where no model was.
    """

    model_id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    enabled: bool = True
    weight: float = Field(default=0.0, ge=0, le=1)
    baseline: bool = False
    type: str
    plugin: str = Field(pattern=r"^[\w.]+:\w+$")
    params: dict[str, Any] = Field(default_factory=dict)

    @field_validator("model_id")
    @classmethod
    def _is_no_shadow(cls, model_id: str) -> str:
        if SHADOW.search(model_id):
            raise ValueError("ends as the shadow predictions of a version do")
        return model_id


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Rows of past training dates, in order of session, and what followed them.

    `values` and `ranks` as FeatureSource gives them, shape (n_rows, n_names); `excess` and `sessions` (n_rows,).
    """

    values: FloatMatrix
    ranks: FloatMatrix
    excess: NDArray[np.float64]
    sessions: NDArray[np.int64]


class FeatureSource(Protocol):
    """Factors as known on a session, for the shares of that session's universe; the rest are NaN."""

    async def matrix(self, names: Sequence[str], symbols: Sequence[str], as_of: date) -> FloatMatrix:
        """The factors' values in their own units; shape (n_symbols, n_names), missing is NaN."""
        ...

    async def ranks(self, names: Sequence[str], symbols: Sequence[str], as_of: date) -> FloatMatrix:
        """The factors' ranks in the whole universe of the session, in (-0.5, 0.5); shape (n_symbols, n_names)."""
        ...

    async def outcomes(self, names: Sequence[str], after: date, as_of: date, step: int) -> Outcomes:
        """The universe of every `step`-th session after `after` whose outcome was known at the close of `as_of`."""
        ...


class ModelPlugin(ABC):
    """Data in, outputs out: no SQL, no clock, no files. A model that learns extends `TrainedPlugin` instead."""

    def __init__(self, config: ModelConfig, features: FeatureSource | None = None) -> None:
        self.config = config
        self._features = features

    @property
    def features(self) -> FeatureSource:
        """Where factors come from; a plugin as the registry holds it has none yet."""
        assert self._features is not None, f"{self.config.model_id} is not bound to a source of factors"
        return self._features

    @abstractmethod
    async def generate_signals(self, symbols: list[str], as_of: date) -> list[ModelOutput]:
        """Rank those of `symbols` that can be scored as known on `as_of`, best first."""

    @abstractmethod
    def get_metadata(self) -> dict[str, Any]:
        """model_id, version, type, features, algorithm and trained_on."""
