import json
import os
import signal
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from typing_extensions import override

from asxos.core.compute import ALONE, Compute
from asxos.core.progress import Silent
from asxos.domain.universe import UniverseRule
from asxos.domain.validation.evidence import pack
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import Dataset, build_dataset
from asxos.features.models.manifest import manifest_of
from asxos.features.models.plugins.model_a import ModelAPlugin
from asxos.features.models.plugins.ridge import RidgePlugin
from asxos.features.models.plugins.trained import FloatArray, TrainedPlugin, TrainingMatrix
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.training import NotEnoughHistory, labelled_sample, out_of_fold, train
from tests.features.models.panels import dataset_of, random_walk

SETTINGS = TrainingSection(test_size=63, min_train=252)


def learner(registry: ModelRegistry, model_id: str = "model_a") -> TrainedPlugin:
    found = registry.learner(model_id)
    assert found is not None
    return found


@pytest.mark.parametrize("model_id", ["model_a", "ridge", "momentum"])
def test_another_future_leaves_past_out_of_fold_scores_as_they_were(
    registry: ModelRegistry, panel: pl.DataFrame, dataset: Dataset, model_id: str
) -> None:
    # given the same panel until session 600 and other prices after it
    day = dataset.days[600]
    other = random_walk(seed=99)
    mixed = pl.concat([panel.filter(pl.col("session_date") <= day), other.filter(pl.col("session_date") > day)])
    changed = build_dataset(mixed.sort("security_id", "session_date"), UniverseRule())
    plugin = learner(registry, model_id)
    found = [
        out_of_fold(plugin, d, labelled_sample(model_id, d, d.days[-1], 5), SETTINGS, Silent()).scored
        for d in (dataset, changed)
    ]
    # then every score of a session up to then is the same to the bit
    scores = [scored.scores[scored.sessions <= 600] for scored in found]
    assert len(scores[0]) > 500
    np.testing.assert_array_equal(scores[0], scores[1])


def test_training_as_of_a_past_session_is_what_it_would_have_been_then(
    registry: ModelRegistry, panel: pl.DataFrame, dataset: Dataset
) -> None:
    day = dataset.days[600]
    then = build_dataset(panel.filter(pl.col("session_date") <= day), UniverseRule())
    now, past = (train(learner(registry), d, day, SETTINGS, Silent()) for d in (dataset, then))
    assert (now.artifact, now.scale, now.metrics) == (past.artifact, past.scale, past.metrics)
    # the last session learnt from had its outcome known: 22 sessions before, on the weekly grid
    assert now.trained_through == dataset.days[575]


def test_training_twice_gives_the_same_artifact_evidence_and_manifest_to_the_byte(
    registry: ModelRegistry, panel: pl.DataFrame
) -> None:
    plugin, catalogue = learner(registry), registry.catalogue
    catalogue = catalogue.model_copy(update={"training": SETTINGS})
    made: list[tuple[str, bytes, str]] = []
    for _ in range(2):
        data = build_dataset(panel, UniverseRule())
        draft = train(plugin, data, data.days[-1], SETTINGS, Silent())
        made.append((draft.artifact, pack(draft.evidence), json.dumps(manifest_of(plugin, catalogue, data, draft))))
    assert made[0] == made[1]
    assert json.loads(made[0][2])["leaks"]["found"] == 0


@dataclass
class Killer:
    """Kills a worker of a cluster when the first fold is done."""

    pids: list[int]

    def step(self, name: str) -> None: ...

    def advance(self, fraction: float, text: str = "") -> None:
        if self.pids:
            os.kill(self.pids.pop(), signal.SIGKILL)


def test_a_model_is_the_same_to_the_byte_wherever_its_folds_ran(
    registry: ModelRegistry, dataset: Dataset, cluster: Compute
) -> None:
    # given a cluster that loses a worker on the way
    killer = Killer([next(cluster.map(lambda _, __: os.getpid(), [0], None))])
    settings, day = SETTINGS, dataset.days[-1]
    here, there = (
        train(learner(registry, "ridge"), replace(dataset), day, settings, progress, compute=compute)
        for progress, compute in ((Silent(), ALONE), (killer, cluster))
    )
    assert killer.pids == []
    assert (here.artifact, here.scale, here.metrics) == (there.artifact, there.scale, there.metrics)
    assert here.evidence.equals(there.evidence)


def test_what_an_earlier_version_scored_changes_nothing(registry: ModelRegistry, dataset: Dataset) -> None:
    shared, days = replace(dataset), (dataset.days[-15], dataset.days[-1])
    first, second = (train(learner(registry, "ridge"), shared, day, SETTINGS, Silent()) for day in days)
    alone = train(learner(registry, "ridge"), replace(dataset), days[1], SETTINGS, Silent())
    assert (second.artifact, second.metrics) == (alone.artifact, alone.metrics)
    assert second.evidence.equals(alone.evidence)
    assert not first.evidence.equals(second.evidence)


@pytest.mark.parametrize("change", [{"excess": -1.0}, {"factors": 0.5}])
def test_a_dataset_with_other_values_is_scored_anew(
    registry: ModelRegistry, dataset: Dataset, change: dict[str, float]
) -> None:
    (name, factor), day = next(iter(change.items())), dataset.days[-1]
    first = replace(dataset)
    train(learner(registry, "ridge"), first, day, SETTINGS, Silent())
    other = replace(first, **{name: getattr(first, name) * first.excess.dtype.type(factor)})
    alone = replace(other)
    found, expected = (train(learner(registry, "ridge"), d, day, SETTINGS, Silent()) for d in (other, alone))
    assert found.evidence.equals(expected.evidence)


def test_a_rule_written_anew_under_the_same_name_is_scored_anew(registry: ModelRegistry, dataset: Dataset) -> None:
    def opposed(kind: type[RidgePlugin]) -> type[RidgePlugin]:
        class Opposed(kind):
            @override
            def score(self, artifact: str, x: TrainingMatrix) -> FloatArray:
                return -super().score(artifact, x)

        Opposed.__name__, Opposed.__qualname__ = kind.__name__, kind.__qualname__
        Opposed.__module__ = kind.__module__
        return Opposed

    shared, config = replace(dataset), registry.config("ridge")
    sample = labelled_sample("ridge", shared, shared.days[-1], SETTINGS.step)
    plain, turned = (
        out_of_fold(rule(config), shared, sample, SETTINGS, Silent()).scored.scores
        for rule in (RidgePlugin, opposed(RidgePlugin))
    )
    assert np.array_equal(turned, -plain)


def test_a_lasting_trend_is_found_by_the_momentum_baseline(registry: ModelRegistry, dataset: Dataset) -> None:
    draft = train(learner(registry, "momentum"), dataset, dataset.days[-1], SETTINGS, Silent())
    assert draft.metrics["rank_ic"] > 0.1
    assert draft.metrics["rank_ic"] == pytest.approx(draft.metrics["baselines"]["momentum"]["rank_ic"])
    assert draft.artifact == "momentum"


def test_too_short_a_history_is_refused_and_says_what_is_needed(registry: ModelRegistry, dataset: Dataset) -> None:
    with pytest.raises(NotEnoughHistory, match=r"'model_a' cannot be trained as of .*: 239 sessions found; .*252"):
        train(learner(registry), dataset, dataset.days[19 + 22 + 239], SETTINGS, Silent())
    with pytest.raises(NotEnoughHistory, match="0 sessions found"):
        train(learner(registry), dataset, dataset.days[0] - timedelta(days=9), SETTINGS, Silent())


def test_momentum_without_a_years_prices_in_any_fold_is_refused(registry: ModelRegistry) -> None:
    data = dataset_of(np.full((300 * 20, len(ModelAPlugin.FEATURES)), np.nan), np.zeros(300 * 20), 20)
    with pytest.raises(NotEnoughHistory, match="no share of the universe has enough factors"):
        train(learner(registry, "momentum"), data, data.days[-1], SETTINGS, Silent())
