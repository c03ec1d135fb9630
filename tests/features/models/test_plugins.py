from dataclasses import replace

import numpy as np
import pytest

from asxos.core.progress import Silent
from asxos.domain.calibration.scale import Scale
from asxos.domain.signals import confidence_of, label_of
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import Dataset, DatasetFeatures
from asxos.features.models.plugins.base import ModelPlugin
from asxos.features.models.plugins.trained import Trained, TrainedPlugin
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.training import Draft, inputs, train
from tests.features.models.panels import symbols

SETTINGS = TrainingSection(test_size=126, min_train=252)
ALL = list(symbols().values())


@pytest.fixture(scope="session")
def drafts(dataset: Dataset) -> dict[str, Draft]:
    registry = ModelRegistry.from_yaml()
    found: dict[str, Draft] = {}
    for model_id in ("model_a", "ridge", "momentum"):
        plugin = registry.learner(model_id)
        assert plugin is not None
        found[model_id] = train(plugin, dataset, dataset.days[-1], SETTINGS, Silent())
    return found


def bound(registry: ModelRegistry, dataset: Dataset, draft: Draft, model_id: str) -> TrainedPlugin:
    scale = Scale.from_json(draft.scale.to_json())
    learner = registry.learner(model_id)
    assert learner is not None
    trained = Trained(3, draft.artifact, scale, draft.trained_from, draft.trained_through, learner.FEATURES, {}, 5)
    plugin = registry.bound(model_id, DatasetFeatures(dataset, symbols()), trained, registry.thresholds)
    assert isinstance(plugin, TrainedPlugin)
    return plugin


@pytest.mark.parametrize("model_id", ["model_a", "ridge", "momentum"])
async def test_outputs_are_ranked_labelled_and_inside_their_interval(
    registry: ModelRegistry, dataset: Dataset, drafts: dict[str, Draft], model_id: str
) -> None:
    plugin = bound(registry, dataset, drafts[model_id], model_id)
    outputs = await plugin.generate_signals(ALL, dataset.days[-1])
    assert [o.rank for o in outputs] == list(range(1, 61))
    assert sorted(outputs, key=lambda o: (-o.ml_prob, -o.score, o.symbol)) == outputs
    for o in outputs:
        assert o.signal is label_of(o.ml_prob, plugin.thresholds)
        assert o.confidence == confidence_of(o.ml_prob, o.signal)
        assert o.interval is not None
        assert o.interval[0] < o.expected_return < o.interval[1]


async def test_a_share_scores_the_same_alone_as_among_all(
    registry: ModelRegistry, dataset: Dataset, drafts: dict[str, Draft]
) -> None:
    plugin = bound(registry, dataset, drafts["model_a"], "model_a")
    among = {o.symbol: o.score for o in await plugin.generate_signals(ALL, dataset.days[-1])}
    alone = (await plugin.generate_signals(["S05.AX", "NOPE.AX"], dataset.days[-1]))[0]
    assert (alone.symbol, alone.score, alone.rank) == ("S05.AX", among["S05.AX"], 1)


@pytest.mark.parametrize("model_id", ["model_a", "ridge", "momentum"])
async def test_reasons_add_up_to_the_score(
    registry: ModelRegistry, dataset: Dataset, drafts: dict[str, Draft], model_id: str
) -> None:
    plugin = bound(registry, dataset, drafts[model_id], model_id)
    scores = {o.symbol: o.score for o in await plugin.generate_signals(ALL, dataset.days[-1])}
    reasons = await plugin.explain(ALL, dataset.days[-1])
    assert len(reasons) == 60
    for reason in reasons:
        assert reason.factors == plugin.FEATURES
        assert reason.base + sum(reason.contributions) == pytest.approx(scores[reason.symbol], rel=1e-9, abs=1e-12)
        assert reason.score == pytest.approx(scores[reason.symbol], rel=1e-9, abs=1e-12)
    # the values are the factors' own, not their ranks
    column = dataset.names.index("momentum_12_1")
    told = reasons[0].values[plugin.FEATURES.index("momentum_12_1")]
    assert told == pytest.approx(float(dataset.factors[dataset.rows_on(dataset.days[-1])][0, column]))


def test_a_stored_model_scores_the_same_to_the_byte(
    registry: ModelRegistry, dataset: Dataset, drafts: dict[str, Draft]
) -> None:
    plugin = bound(registry, dataset, drafts["model_a"], "model_a")
    x = inputs(plugin, dataset, drafts["model_a"].sample)[:500]
    artifact = drafts["model_a"].artifact
    stored = artifact.encode().decode()
    assert plugin.score(stored, x).tobytes() == plugin.score(artifact, x).tobytes()
    assert plugin.score(artifact, x[:0]).tolist() == []


async def test_nothing_to_score_gives_no_outputs(
    registry: ModelRegistry, dataset: Dataset, drafts: dict[str, Draft]
) -> None:
    for model_id, draft in drafts.items():
        plugin = bound(registry, dataset, draft, model_id)
        assert await plugin.generate_signals(["NOPE.AX"], dataset.days[-1]) == []
        assert await plugin.explain(["NOPE.AX"], dataset.days[-1]) == []


def test_metadata_tells_the_version_and_the_data_once_trained(
    registry: ModelRegistry, dataset: Dataset, drafts: dict[str, Draft]
) -> None:
    plugin = bound(registry, dataset, drafts["momentum"], "momentum")
    about = plugin.get_metadata()
    assert (about["model_id"], about["version"], about["type"]) == ("momentum", "v3", "technical")
    assert about["trained_on"] == f"{drafts['momentum'].trained_from} to {drafts['momentum'].trained_through}"
    plain = registry.get("momentum")
    assert isinstance(plain, ModelPlugin)
    assert plain.get_metadata()["version"] is None


def test_params_in_the_stanza_override_the_models_own(registry: ModelRegistry, dataset: Dataset) -> None:
    config = registry.config("model_a")
    plugin = registry.learner("model_a")
    assert plugin is not None
    small = type(plugin)(config.model_copy(update={"params": {"rounds": 3, "num_leaves": 4}}))
    sample = dataset.sample(5)
    weights = np.ones(len(sample.excess))
    artifact = small.fit(inputs(small, dataset, sample), sample.excess, sample.sessions, weights, 7)
    assert artifact.count("Tree=") == 3
    assert "num_leaves=4" in artifact


async def test_intervals_follow_outcomes_known_since_training_and_no_later_ones(
    registry: ModelRegistry, dataset: Dataset
) -> None:
    # given a model trained on a past session, and the same past with a wild and with a calm month after it
    day = dataset.days[600]
    learner = registry.learner("momentum")
    assert learner is not None
    draft = train(learner, dataset, day, SETTINGS, Silent())
    after = (dataset.sessions > 600 - 22) & (dataset.sessions <= 620 - 22)
    wild, calm = (
        replace(dataset, excess=np.where(after, size * dataset.excess, dataset.excess)) for size in (5.0, 0.1)
    )

    async def widths(data: Dataset, session: int) -> np.ndarray:
        outputs = await bound(registry, data, draft, "momentum").generate_signals(ALL, data.days[session])
        ends = np.array([o.interval for o in sorted(outputs, key=lambda o: o.symbol)])
        return ends[:, 1] - ends[:, 0]

    # then nothing differs on the day itself, for none of those outcomes was known
    np.testing.assert_array_equal(await widths(wild, 600), await widths(calm, 600))
    # and twenty sessions later all intervals are wider where it was wild
    assert (await widths(wild, 620) > 1.2 * await widths(calm, 620)).all()
