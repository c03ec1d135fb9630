"""The two transparent baselines, against scikit-learn and by hand."""

import json

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from asxos.core.progress import Silent
from asxos.domain.signals import Thresholds
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import Dataset, DatasetFeatures, ranks_by_session
from asxos.features.models.plugins.base import ModelConfig
from asxos.features.models.plugins.baselines import BASELINES, baselines
from asxos.features.models.plugins.momentum import MomentumPlugin
from asxos.features.models.plugins.ridge import RidgePlugin
from asxos.features.models.plugins.trained import Trained
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.training import train
from tests.features.models.panels import symbols

SETTINGS = TrainingSection(test_size=126, min_train=252)
SHARES, DATES = 90, 40


def ridge(**params: float) -> RidgePlugin:
    return RidgePlugin(ModelConfig(model_id="ridge", type="technical", plugin="m:R", params=params))


@pytest.fixture(scope="module")
def lesson() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ranks, some missing; excess returns that follow the first of them; dates."""
    rng = np.random.default_rng(2)
    dates = np.repeat(np.arange(DATES), SHARES)
    values = rng.normal(size=(len(dates), 6)).astype(np.float32)
    values[rng.uniform(size=values.shape) < 0.1] = np.nan
    excess = np.nan_to_num(values[:, 0]) * 0.02 + rng.normal(0, 0.1, len(dates))
    return ranks_by_session(values, dates), excess, dates


@pytest.mark.parametrize("penalty", [100.0, 3.0])
def test_ridge_is_scikit_learns_on_ranks(lesson: tuple[np.ndarray, np.ndarray, np.ndarray], penalty: float) -> None:
    x, excess, dates = lesson
    plugin = ridge() if penalty == 100 else ridge(penalty=penalty)
    learnt = json.loads(plugin.fit(x, excess, dates, np.ones(len(dates)), 7))
    target = ranks_by_session(excess[:, None].astype(np.float32), dates)[:, 0]
    oracle = Ridge(alpha=penalty, fit_intercept=False).fit(np.nan_to_num(x), target)
    np.testing.assert_allclose(learnt, oracle.coef_, atol=2e-6)
    assert learnt[0] > 0.1


def test_ridge_is_the_same_text_however_many_threads_the_algebra_has(
    lesson: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    x, excess, dates = (np.concatenate([part] * 8) for part in lesson)
    texts: set[str] = set()
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            texts.add(ridge().fit(x, excess, dates, np.ones(len(dates)), 7))
    # and in whatever order the rows of a date come
    order = np.lexsort((np.random.default_rng(0).uniform(size=len(dates)), dates))
    texts.add(ridge().fit(x[order], excess[order], dates[order], np.ones(len(dates)), 7))
    assert len(texts) == 1


def test_a_missing_rank_adds_nothing_to_a_score() -> None:
    parts = ridge().contributions("[2.0, -1.0]", np.array([[0.25, np.nan], [np.nan, 0.5]], np.float32))
    assert parts.tolist() == [[0.5, 0.0, 0.0], [0.0, -0.5, 0.0]]


@pytest.mark.parametrize("model_id", list(BASELINES))
def test_the_baseline_beside_every_record_is_the_plugin_of_its_name(
    registry: ModelRegistry, dataset: Dataset, model_id: str
) -> None:
    plugin = registry.learner(model_id)
    assert plugin is not None
    assert type(plugin) is type(baselines()[model_id])
    metrics = train(plugin, dataset, dataset.days[-1], SETTINGS, Silent()).metrics
    printed = metrics["baselines"][model_id]
    assert printed == {name: metrics[name] for name in printed}


async def test_momentum_says_what_part_of_the_money_each_of_the_best_tenth_would_get(
    registry: ModelRegistry, dataset: Dataset
) -> None:
    draft = train(baselines()["momentum"], dataset, dataset.days[-1], SETTINGS, Silent())
    dates = draft.trained_from, draft.trained_through
    learnt = Trained(1, draft.artifact, draft.scale, *dates, MomentumPlugin.FEATURES, {}, SETTINGS.step)
    features = DatasetFeatures(dataset, symbols())
    plugin = registry.bound("momentum", features, learnt, Thresholds())
    outputs = await plugin.generate_signals(list(symbols().values()), dataset.days[-1])
    # then the six best of sixty are in the book, by one over their volatility
    noted = {o.symbol: o.note for o in outputs if o.note}
    assert list(noted) == [o.symbol for o in outputs[:6]]
    told = [float(note.split("%")[0]) for note in noted.values()]
    assert all("% of a book held to 12% volatility a year" in note for note in noted.values())
    volatility = (await features.matrix(("volatility_252",), list(noted), dataset.days[-1]))[:, 0]
    np.testing.assert_allclose(told * volatility, (told * volatility).mean(), rtol=0.03)
    assert 0 < sum(told) <= 100.1
