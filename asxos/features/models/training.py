"""Training one model: walk-forward, calibration out of fold, final fit. Pure computation; services.py stores it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.core.compute import HERE, Compute
from asxos.core.errors import BadInput
from asxos.core.progress import Progress, Silent
from asxos.domain.calibration.intervals import liquidity_groups
from asxos.domain.calibration.scale import FittedScale, Said, Scale, fit_scale
from asxos.domain.calibration.walking import Scored
from asxos.domain.facts import sectors_on
from asxos.domain.validation.evidence import evidence
from asxos.domain.validation.sessions import Pace
from asxos.domain.validation.splits import Fold, walk_forward
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import Dataset, FactorMatrix, IntArray, Sample
from asxos.features.models.evaluation import baseline, evaluate
from asxos.features.models.plugins.baselines import baselines
from asxos.features.models.plugins.trained import LIQUIDITY, SWING, TrainedPlugin

FloatArray = NDArray[np.float64]

# Below a year of labelled sessions there is nothing to train on and to test on.
LEAST_SESSIONS = 252
# Of a model whose data not every share has: fewer on a session have no order worth learning.
LEAST_SHARES = 10


class NotEnoughHistory(BadInput):
    """The panel is too short, or its universe too empty, to train a model and test it out of sample."""

    def __init__(self, model_id: str, as_of: date, found: str) -> None:
        super().__init__(
            f"model {model_id!r} cannot be trained as of {as_of}: {found}; it needs shares of the universe on at least"
            f" {LEAST_SESSIONS} sessions whose outcome is known"
        )


@dataclass(frozen=True)
class OutOfFold:
    """Scores of rows no fold's model had seen, and which of the sample's rows they are."""

    rows: IntArray
    scored: Scored
    folds: list[Fold]


@dataclass(frozen=True, eq=False)
class Lessons:
    """What a fit needs: the plugin, its inputs, outcome and session of every row, the seed."""

    plugin: TrainedPlugin
    x: FactorMatrix
    excess: FloatArray
    sessions: IntArray
    seed: int

    @classmethod
    def of(cls, plugin: TrainedPlugin, dataset: Dataset, sample: Sample, seed: int) -> "Lessons":
        return cls(plugin, inputs(plugin, dataset, sample), sample.excess, sample.sessions, seed)

    def fit(self, rows: IntArray) -> str:
        """The artifact learnt from some rows; a date weighs as much as any other, however many shares it has."""
        sessions = self.sessions[rows]
        _, place, counts = np.unique(sessions, return_inverse=True, return_counts=True)
        weights = len(rows) / len(counts) / counts[place].astype(np.float64)
        return self.plugin.fit(self.x[rows], self.excess[rows], sessions, weights, self.seed)


@dataclass(frozen=True)
class Draft:
    """A trained model before it is stored."""

    as_of: date
    artifact: str
    scale: Scale
    evidence: pl.DataFrame
    metrics: Mapping[str, Any]
    trained_from: date
    trained_through: date
    sample: Sample


def train(
    plugin: TrainedPlugin,
    dataset: Dataset,
    as_of: date,
    settings: TrainingSection,
    progress: Progress,
    *,
    compute: Compute = HERE,
) -> Draft:
    """Train on everything whose outcome was known at the close of `as_of`, nothing later. Raises: NotEnoughHistory."""
    sample = learnable(plugin, dataset, labelled_sample(plugin.config.model_id, dataset, as_of, settings.step), as_of)
    found = out_of_fold(plugin, dataset, sample, settings, progress, compute=compute)
    if not len(found.rows):
        raise NotEnoughHistory(plugin.config.model_id, as_of, "no share of the universe has enough factors")
    fitted = fit_found(plugin, dataset, found, settings)
    told = evidence_of(dataset, sample, found, fitted.nested)
    plain = baseline_scores(dataset, sample, settings, compute=compute)
    last = int(sample.sessions[-1])
    kept = np.flatnonzero(sample.sessions > last - settings.max_train)
    return Draft(
        as_of=as_of,
        artifact=Lessons.of(plugin, dataset, sample, settings.seed).fit(kept),
        scale=fitted.scale,
        evidence=told,
        metrics=_metrics(told, found, plain, Pace(dataset.horizon, settings.step))
        | {"calibration": fitted.scale.calibrator.method.value, "left_out": dataset.doubted(as_of)},
        trained_from=dataset.days[int(sample.sessions[kept[0]])],
        trained_through=dataset.days[last],
        sample=sample,
    )


def fit_found(plugin: TrainedPlugin, dataset: Dataset, found: OutOfFold, settings: TrainingSection) -> FittedScale:
    """The scale of a model's out-of-fold scores, and what it would have said of each."""
    overlap = dataset.horizon / settings.step
    return fit_scale(found.scored, is_log_odds=plugin.LOG_ODDS, purge=purge(dataset), overlap=overlap)


def purge(dataset: Dataset) -> int:
    """Sessions a label reaches past its own: to the open after the horizon."""
    return dataset.horizon + 1


def labelled_sample(model_id: str, dataset: Dataset, as_of: date, step: int) -> Sample:
    """The rows whose label's last price was known at the close of `as_of`. Raises: NotEnoughHistory."""
    last = dataset.session_of(as_of) - purge(dataset)
    sample = dataset.sample(step).until(last)
    span = last - int(sample.sessions[0]) + 1 if len(sample.sessions) else 0
    if span < LEAST_SESSIONS:
        raise NotEnoughHistory(model_id, as_of, f"{max(span, 0)} sessions found")
    return sample


def learnable(plugin: TrainedPlugin, dataset: Dataset, sample: Sample, as_of: date) -> Sample:
    """The rows of the sample that the plugin learns from. Raises: NotEnoughHistory: too few have its data."""
    if not plugin.ONLY_SCORABLE:
        return sample
    kept = sample.part(plugin.scorable(inputs(plugin, dataset, sample)))
    sessions = np.unique(kept.sessions)
    span = int(sessions[-1] - sessions[0]) + 1 if len(sessions) else 0
    if span < LEAST_SESSIONS or len(kept.sessions) < LEAST_SHARES * len(sessions):
        shares = len(kept.sessions) / max(len(sessions), 1)
        raise NotEnoughHistory(plugin.config.model_id, as_of, f"{span} sessions with data of {shares:.0f} shares found")
    return kept


def out_of_fold(
    plugin: TrainedPlugin,
    dataset: Dataset,
    sample: Sample,
    settings: TrainingSection,
    progress: Progress,
    *,
    compute: Compute = HERE,
) -> OutOfFold:
    """Scores of each fold by a model trained on what was known before it; a fold without rows is left out."""
    folds = folds_of(dataset, sample, settings)
    lessons = Lessons.of(plugin, dataset, sample, settings.seed)
    keys = {_key(lessons, fold): fold for fold in folds}
    missing = [key for key in keys if key not in dataset.scored]
    scoring = compute.map(score_fold, [keys[key] for key in missing], lessons)
    scores = np.full(len(sample.sessions), np.nan)
    for done, (key, fold) in enumerate(keys.items(), start=1):
        if key in missing:
            dataset.scored[key] = next(scoring)
        rows, values = dataset.scored[key]
        scores[rows + first_row(sample, fold)] = values
        progress.advance(done / (len(folds) + 1), f"{plugin.config.model_id} fold {done} of {len(folds)}")
    rows = np.flatnonzero(np.isfinite(scores))
    groups = liquidity_groups(sample.ranks[rows, dataset.names.index(LIQUIDITY)])
    swings = sample.factors[rows, dataset.names.index(SWING)].astype(np.float64)
    return OutOfFold(rows, Scored(scores[rows], sample.excess[rows], sample.sessions[rows], groups, swings), folds)


def baseline_scores(
    dataset: Dataset, sample: Sample, settings: TrainingSection, *, compute: Compute = HERE
) -> dict[str, FloatArray]:
    """Out-of-fold scores of the plain rules by their names, for every row of the sample; NaN where there is none."""
    scores: dict[str, FloatArray] = {}
    for name, rule in baselines().items():
        found = out_of_fold(rule, dataset, sample, settings, Silent(), compute=compute)
        scores[name] = np.full(len(sample.sessions), np.nan)
        scores[name][found.rows] = found.scored.scores
    return scores


def _key(lessons: Lessons, fold: Fold) -> tuple[type, str]:
    """All that a fold's scores of one dataset depend on: the rule itself, its parameters, and which rows it was given.

    Rows are told apart by their sessions and outcomes, which no two samples share unless they are the same.
    """
    rule, rows = lessons.plugin, slice(*np.searchsorted(lessons.sessions, [fold.train_start, fold.test_end]).tolist())
    digest = hashlib.blake2b(repr((rule.FEATURES, rule.RANKED, rule.config.params, fold, lessons.seed)).encode())
    for column in (lessons.excess, lessons.sessions):
        digest.update(column[rows].tobytes())
    return type(rule), digest.hexdigest()


def first_row(sample: Sample, fold: Fold) -> int:
    """The first row of the fold in the sample."""
    return int(np.searchsorted(sample.sessions, fold.train_start))


def score_fold(fold: Fold, lessons: Lessons) -> tuple[IntArray, FloatArray]:
    """The rows that can be scored, counted from the fold's first, and their scores by a model that saw none of them."""
    train, tested = (np.flatnonzero(rows(lessons.sessions)) for rows in (fold.train_rows, fold.test_rows))
    test = tested[lessons.plugin.scorable(lessons.x[tested])]
    if not len(train) or not len(test):
        return test[:0], np.empty(0)
    begin = np.searchsorted(lessons.sessions, fold.train_start)
    return test - begin, lessons.plugin.score(lessons.fit(train), lessons.x[test])


def inputs(plugin: TrainedPlugin, dataset: Dataset, sample: Sample) -> FactorMatrix:
    """The plugin's features of each row, as ranks or in their own units; shape (n_rows, n_features)."""
    values = sample.ranks if plugin.RANKED else sample.factors
    return values[:, dataset.columns(plugin.FEATURES)]


def folds_of(dataset: Dataset, sample: Sample, settings: TrainingSection) -> list[Fold]:
    """Sessions count from the first one with a universe; a history shorter than usual is trained on its first half."""
    first, last = int(sample.sessions[0]), int(sample.sessions[-1])
    span = last - first + 1
    folds = walk_forward(
        span,
        min_train=min(settings.min_train, span // 2),
        max_train=settings.max_train,
        test_size=settings.test_size,
        purge=purge(dataset),
        embargo=settings.embargo,
    )
    return [fold.shifted(first) for fold in folds]


def evidence_of(dataset: Dataset, sample: Sample, found: OutOfFold, said: Said) -> pl.DataFrame:
    """What was said of each row out of fold and what followed, as `domain.validation.evidence` describes it."""
    days = np.array(dataset.days, "datetime64[D]")
    rows = pl.DataFrame({"session_date": days[found.scored.sessions], "security_id": sample.security_ids[found.rows]})
    return evidence(
        {
            **rows.to_dict(),
            "score": found.scored.scores,
            "ml_prob": said.probabilities,
            "expected": said.expected,
            "low": said.low,
            "high": said.high,
            "excess": found.scored.excess,
            "liquidity": found.scored.groups,
            "sector": sectors_on(rows, dataset.sectors),
            "cost": sample.costs[found.rows],
        }
    )


def _metrics(told: pl.DataFrame, found: OutOfFold, plain: Mapping[str, FloatArray], pace: Pace) -> dict[str, Any]:
    return evaluate(told, pace) | {
        "folds": len(found.folds),
        "tested_from": told["session_date"][0].isoformat(),
        "tested_through": told["session_date"][-1].isoformat(),
        "baselines": {name: baseline(told, scores[found.rows], pace) for name, scores in plain.items()},
    }
