"""One training run of the lab: the model that was tried, what it learnt, and its record as rows of a table."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from asxos.core.errors import BadInput
from asxos.domain.signals import ModelOutput
from asxos.features.models.errors import NothingToTrain
from asxos.features.models.plugins.base import FeatureSource, ModelConfig
from asxos.features.models.plugins.trained import Trained, TrainedPlugin
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.training import Draft

Model = str | type[TrainedPlugin]
"""A model_id of models.yaml, or a plugin's class."""

MEASURES = (
    *("rank_ic", "icir", "hac_t", "auc", "decile_spread", "net_spread", "sharpe", "dates"),
    *("brier", "ece", "coverage"),
)
"""What tables show of a record; all of it is in `Run.metrics`."""

SIGNALS: Mapping[str, Any] = {
    "rank": pl.Int64,
    "symbol": pl.String,
    "signal": pl.String,
    "confidence": pl.Float64,
    "ml_prob": pl.Float64,
    "expected_return": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "score": pl.Float64,
    "note": pl.String,
}
"""The columns of a ranking."""


class InSample(BadInput):
    """A run is asked about a session that it may have learnt from."""

    def __init__(self, model: str, through: date) -> None:
        super().__init__(f"{model} learnt from sessions up to {through}; what it said unseen of them is its evidence")


@dataclass(frozen=True, eq=False)
class Run:
    """A model trained and tested by walk-forward, on every `step`-th session. Nothing is stored of it but the trial."""

    plugin: TrainedPlugin
    draft: Draft
    step: int

    @property
    def model(self) -> str:
        """Its id."""
        return self.plugin.config.model_id

    @property
    def params(self) -> Mapping[str, Any]:
        """Its own parameters, where they are not the plugin's."""
        return self.plugin.config.params

    @property
    def metrics(self) -> Mapping[str, Any]:
        """Every measure of the rows that it was tested on, and those of the baselines on the same rows."""
        return self.draft.metrics

    @property
    def evidence(self) -> pl.DataFrame:
        """What it said of every row tested and what followed; see `asxos.domain.validation.evidence`."""
        return self.draft.evidence

    def bound(self, features: FeatureSource) -> TrainedPlugin:
        """The model with all that it learnt, ready to be asked."""
        draft, plugin = self.draft, self.plugin
        dates = draft.trained_from, draft.trained_through
        learnt = Trained(0, draft.artifact, draft.scale, *dates, plugin.FEATURES, self.params, self.step)
        return type(plugin)(plugin.config, features, learnt, plugin.thresholds)

    def __repr__(self) -> str:
        params = "".join(f", {name}={value}" for name, value in self.params.items())
        tested = f"{self.metrics['tested_from']} to {self.metrics['tested_through']}"
        return f"<Run of {self.model}{params}: rank IC {self.metrics['rank_ic']:.4f} from {tested}>"


def plugin_of(model: Model, registry: ModelRegistry, params: Mapping[str, Any]) -> TrainedPlugin:
    """The plugin with its stanza's parameters and `params` over them. Raises: UnknownModel, NothingToTrain."""
    if isinstance(model, str):
        plugin = registry.learner(model)
        if plugin is None:
            raise NothingToTrain(model)
        kind, config = type(plugin), plugin.config
    else:
        kind, config = model, _stanza(model)
    return kind(config.model_copy(update={"params": {**config.params, **params}}), thresholds=registry.thresholds)


def _stanza(kind: type[TrainedPlugin]) -> ModelConfig:
    """What models.yaml would say of a class: `LowRiskPlugin` is `low_risk`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.__name__.removesuffix("Plugin")).lower()
    return ModelConfig(model_id=words, type="lab", plugin=f"{kind.__module__}:{kind.__name__}")


def row_of(measures: Mapping[str, Any]) -> dict[str, Any]:
    """MEASURES as a row; what was not measured is null."""
    return {name: measures.get(name) for name in MEASURES}


def table_of(outputs: Iterable[ModelOutput]) -> pl.DataFrame:
    """A ranking as SIGNALS."""
    return pl.DataFrame([_signal(output) for output in outputs], SIGNALS, orient="row")


def _signal(output: ModelOutput) -> tuple[Any, ...]:
    low, high = output.interval or (None, None)
    said = (output.confidence, output.ml_prob, output.expected_return)
    return output.rank, output.symbol, output.signal.value, *said, low, high, output.score, output.note
