import os
import signal
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from asxos.core.compute import ALONE, Compute
from asxos.core.progress import Silent
from asxos.domain.universe import UniverseRule
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import Dataset, build_dataset
from asxos.features.models.plugins.model_a import ModelAPlugin
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.training import NotEnoughHistory, labelled_sample, out_of_fold, train
from tests.features.models.panels import dataset_of, random_walk

SETTINGS = TrainingSection(test_size=63, min_train=252)


def learner(registry: ModelRegistry, model_id: str = "model_a") -> TrainedPlugin:
    found = registry.learner(model_id)
    assert found is not None
    return found


def planted(ic: float, shares: int = 200, sessions: int = 1400, seed: int = 4) -> Dataset:
    """Pure noise but for the first factor, whose rank IC with the label is `ic` on average."""
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(shares * sessions, len(ModelAPlugin.FEATURES)))
    # Pearson's r of two normals with Spearman's rho: 2 sin(pi rho / 6)
    r = 2 * np.sin(np.pi * ic / 6)
    excess = 0.1 * (r * factors[:, 0] + np.sqrt(1 - r * r) * rng.normal(size=len(factors)))
    return dataset_of(factors, excess, shares)


def test_a_planted_rank_ic_is_found_within_one_hundredth(registry: ModelRegistry) -> None:
    data = planted(0.05)
    draft = train(learner(registry), data, data.days[-1], TrainingSection(), Silent())
    assert draft.metrics["rank_ic"] == pytest.approx(0.05, abs=0.01)


def test_pure_noise_earns_nothing(registry: ModelRegistry) -> None:
    # given 2,600 sessions: the standard error of the mean IC is 0.0035
    data = planted(0.0, sessions=2600)
    metrics = train(learner(registry), data, data.days[-1], TrainingSection(), Silent()).metrics
    assert abs(metrics["rank_ic"]) < 0.01
    assert metrics["auc"] == pytest.approx(0.5, abs=0.01)
    assert metrics["brier"] == pytest.approx(0.25, abs=0.002)


def test_shuffled_labels_on_real_shares_earn_nothing(registry: ModelRegistry, shared_data: Path) -> None:
    # given the real sample with each date's labels dealt out anew
    prices = pl.read_parquet(shared_data / "asx_prices_sample.parquet")
    data = build_dataset(_panel(prices), UniverseRule())
    rng = np.random.default_rng(1)
    order = np.lexsort((rng.uniform(size=len(data.excess)), data.sessions))
    shuffled = replace(data, excess=data.excess[order], _samples={})
    # then nothing is found
    draft = train(learner(registry), shuffled, data.days[-1], TrainingSection(), Silent())
    assert abs(draft.metrics["rank_ic"]) < 0.01


def _panel(prices: pl.DataFrame) -> pl.DataFrame:
    factor = pl.col("adj_close") / pl.col("close")
    return prices.sort("symbol", "date").select(
        security_id=pl.col("symbol").rank("dense").cast(pl.Int32),
        session_date="date",
        **{name: (pl.col(name) * factor).cast(pl.Float64) for name in ("open", "high", "low", "close")},
        volume=pl.col("volume") / factor,
        raw_close=pl.col("close").cast(pl.Float64),
        turnover=pl.col("close").cast(pl.Float64) * pl.col("volume"),
    )


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


def test_training_twice_gives_the_same_text(registry: ModelRegistry, dataset: Dataset) -> None:
    one, two = (train(learner(registry), dataset, dataset.days[-1], SETTINGS, Silent()) for _ in range(2))
    assert one.artifact == two.artifact
    assert one.metrics == two.metrics


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
        train(learner(registry, "ridge"), replace(dataset, scored={}), day, settings, progress, compute=compute)
        for progress, compute in ((Silent(), ALONE), (killer, cluster))
    )
    assert killer.pids == []
    assert (here.artifact, here.scale, here.metrics) == (there.artifact, there.scale, there.metrics)
    assert here.evidence.equals(there.evidence)


def test_what_an_earlier_version_scored_changes_nothing(registry: ModelRegistry, dataset: Dataset) -> None:
    shared, days = replace(dataset, scored={}), (dataset.days[-15], dataset.days[-1])
    first, second = (train(learner(registry, "ridge"), shared, day, SETTINGS, Silent()) for day in days)
    alone = train(learner(registry, "ridge"), replace(dataset, scored={}), days[1], SETTINGS, Silent())
    assert (second.artifact, second.metrics) == (alone.artifact, alone.metrics)
    assert second.evidence.equals(alone.evidence)
    assert not first.evidence.equals(second.evidence)


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
