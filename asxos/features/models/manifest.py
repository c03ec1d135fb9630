"""The manifest of a trained model: what it was made of, and how its factors looked, so that drift can be seen later."""

import hashlib
import inspect
import json
import sys
from importlib.metadata import version
from typing import Any

import numpy as np

from asxos.domain.validation.sessions import Pace
from asxos.features.models.catalogue import Catalogue
from asxos.features.models.dataset import Dataset, Sample
from asxos.features.models.evaluation import detail
from asxos.features.models.leaks import leak_report
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.records import NewTrial
from asxos.features.models.training import Draft

BINS = 10


def recipe_of(plugin: TrainedPlugin, catalogue: Catalogue) -> dict[str, Any]:
    """Everything but the data that decides what training yields; `code` is of the plugin's whole file."""
    return {
        "plugin": plugin.config.plugin,
        "code": f"{version('asxos')}+{_sha256(_source_of(type(plugin)))[:12]}",
        "params": plugin.config.params,
        "features": list(plugin.FEATURES),
        "horizon": catalogue.signals.horizon,
        "universe": catalogue.signals.universe.model_dump(),
        "training": catalogue.training.model_dump(exclude={"retrain_after"}),
    }


def _source_of(kind: type[TrainedPlugin]) -> str:
    """The text of the class's file; of a class typed into a notebook, which has none, its name."""
    try:
        return inspect.getsource(sys.modules[kind.__module__])
    except (OSError, TypeError):
        return kind.__qualname__


def recipe_sha256(plugin: TrainedPlugin, catalogue: Catalogue) -> str:
    return _sha256(json.dumps(recipe_of(plugin, catalogue), sort_keys=True))


def manifest_of(plugin: TrainedPlugin, catalogue: Catalogue, dataset: Dataset, draft: Draft) -> dict[str, Any]:
    """The JSON stored beside the model."""
    pace = Pace(dataset.horizon, catalogue.training.step)
    return recipe_of(plugin, catalogue) | {
        "seed": catalogue.training.seed,
        "data_sha256": data_sha256(draft.sample),
        "metrics": dict(draft.metrics),
        "leaks": leak_report(plugin, dataset, draft.sample, catalogue.training).to_json(),
        "detail": detail(draft.evidence, pace, catalogue.thresholds),
        "scale": draft.scale.to_json(),
        "reference": reference_bins(dataset, draft.sample, plugin.FEATURES),
    }


def trial_of(plugin: TrainedPlugin, catalogue: Catalogue, draft: Draft) -> NewTrial:
    """The run as the log of trials has it."""
    measured = {name: draft.metrics[name] for name in ("sharpe", "periods", "skew", "kurtosis")}
    recipe = recipe_sha256(plugin, catalogue)
    return NewTrial(plugin.config.model_id, draft.as_of, recipe, catalogue.training.seed, **measured)


def data_sha256(sample: Sample) -> str:
    """Of the rows trained and tested on: shares, sessions, factors and outcomes."""
    digest = hashlib.sha256()
    for part in (sample.security_ids, sample.sessions, sample.factors, sample.excess):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def reference_bins(dataset: Dataset, sample: Sample, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Per factor, in its own unit: inner edges of equal-mass bins, the share in each (outer ones open) and missing."""
    columns = dict(zip(names, dataset.columns(names), strict=True))
    return {name: _bins(sample.factors[:, column].astype(np.float64)) for name, column in columns.items()}


def _bins(values: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])) if len(known) else np.zeros(0)
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
    return {
        "edges": edges.tolist(),
        "shares": (counts / max(len(values), 1)).tolist(),
        "missing": 1 - len(known) / max(len(values), 1),
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
