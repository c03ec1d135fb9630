"""What a model finds where there is nothing to find, and where we know what there is.

The standard error of each figure is stated beside its bound: a bound of less than three of them would be luck.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from asxos.domain.universe import UniverseRule
from asxos.domain.validation.leaks import chance_error, dealt_anew
from asxos.domain.validation.rank_ic import rank_ic
from asxos.features.models.dataset import Dataset, build_dataset
from asxos.features.models.plugins.base import ModelConfig
from asxos.features.models.plugins.model_a import ModelAPlugin
from asxos.features.models.plugins.trained import TrainedPlugin
from benchmarks.training import read_panel
from tests.leaks.markets import lean, rank_ic_and_auc, simulated, told

ALPHA = 0.05


def trees() -> TrainedPlugin:
    """model_a with fewer rounds: what leaks, leaks into the first."""
    plugin = "asxos.features.models.plugins.model_a:ModelAPlugin"
    return ModelAPlugin(ModelConfig(model_id="model_a", type="technical", plugin=plugin, params={"rounds": 40}))


def shuffled(data: Dataset) -> Dataset:
    """Labels dealt out anew on each session, among the shares that have one."""
    excess = data.excess.copy()
    known = np.flatnonzero(np.isfinite(excess))
    excess[known] = dealt_anew(excess[known], data.sessions[known], seed=1)
    return replace(data, excess=excess)


@pytest.mark.parametrize("plugin", [trees(), lean()], ids=["model_a", "lean"])
def test_shuffled_labels_teach_nothing(plugin: TrainedPlugin) -> None:
    # given every third session, 116,000 rows: labels dealt anew do not overlap, so that each row counts
    evidence = told(plugin, shuffled(simulated(1, ALPHA)), step=3)
    sessions = evidence["session_date"].to_physical().to_numpy().astype(np.int64)
    scores, excess = (evidence[name].to_numpy().astype(np.float64) for name in ("score", "excess"))
    assert chance_error(sessions) < 0.0031
    assert abs(rank_ic(scores, excess, sessions).mean()) < 0.01


def test_shuffled_labels_of_real_shares_teach_nothing(shared_data: Path) -> None:
    # given weekly dates of the 220 shares of the sample, 66,000 rows
    data = build_dataset(read_panel(shared_data / "asx_prices_sample.parquet", least_share=0.2), UniverseRule())
    found, _ = rank_ic_and_auc(trees(), shuffled(data))
    assert abs(found) < 0.01


def test_the_error_by_chance_is_that_of_shuffled_labels() -> None:
    sessions = np.repeat(np.arange(30), 50)
    rng = np.random.default_rng(3)
    scores, labels = rng.normal(size=1500), rng.normal(size=1500)
    means = [rank_ic(scores, dealt_anew(labels, sessions, seed), sessions).mean() for seed in range(300)]
    assert np.std(means) == pytest.approx(chance_error(sessions), rel=0.12)


def test_dealing_anew_moves_no_label_to_another_session() -> None:
    sessions, labels = np.repeat([0, 1, 2], 40), np.arange(120.0)
    dealt = dealt_anew(labels, sessions, seed=2)
    assert (dealt != labels).any()
    for session in range(3):
        assert sorted(dealt[sessions == session]) == labels[sessions == session].tolist()


def test_a_market_of_pure_noise_gives_an_auc_of_one_half() -> None:
    # given two markets of 230 shares and 310 dates each: rank ICs have standard errors of 0.006 to 0.008 by Newey and
    # West, AUCs half of that, their mean 0.0025
    found = [rank_ic_and_auc(lean(), simulated(seed, 0.0))[1] for seed in (1, 2)]
    assert np.mean(found) == pytest.approx(0.5, abs=0.01)


def test_a_planted_rank_ic_is_found_within_one_hundredth() -> None:
    # given three markets: standard errors of 0.0036 to 0.0055 each, of their mean 0.0028
    found = [rank_ic_and_auc(lean(), simulated(seed, ALPHA))[0] for seed in (1, 2, 3)]
    assert np.mean(found) == pytest.approx(ALPHA, abs=0.01)
