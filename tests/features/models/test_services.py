from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from asxos.core.progress import Silent
from asxos.domain.ensemble import combine
from asxos.domain.ranking import FactsUsed, Ranking
from asxos.domain.signals import ModelOutput, SignalType
from asxos.features.models.catalogue import ThresholdsSection, TrainingSection
from asxos.features.models.dataset import Dataset
from asxos.features.models.errors import NoPrices, NothingToTrain, NoVersion
from asxos.features.models.plugins.base import ModelPlugin
from asxos.features.models.plugins.model_a import ModelAPlugin
from asxos.features.models.registry import ModelRegistry, UnknownModel
from asxos.features.models.training import NotEnoughHistory
from tests.features.models.conftest import Services
from tests.features.models.panels import random_walk, symbols
from tests.published import NOW

ALL = list(symbols().values())


class Steps(Silent):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.fractions: list[float] = []

    def step(self, name: str) -> None:
        self.names.append(name)

    def advance(self, fraction: float, text: str = "") -> None:
        self.fractions.append(fraction)


class FixedModel(ModelPlugin):
    """A rule that needs no training."""

    async def generate_signals(self, symbols: list[str], as_of: date) -> list[ModelOutput]:
        return [ModelOutput(symbols[0], SignalType.BUY, 0.55, 0.01, 1, 0.0, 0.55)]

    def get_metadata(self) -> dict[str, Any]:
        return {"algorithm": "rule", "features": []}


async def test_a_trained_version_holds_all_that_made_it(services: Services, dataset: Dataset) -> None:
    progress = Steps()
    stored = await services.training.train("model_a", services.last, dataset, progress)
    assert (stored.version, stored.as_of, stored.algorithm) == (1, services.last, "LightGBM")
    assert {
        "params",
        "features",
        "seed",
        "data_sha256",
        "code",
        "metrics",
        "scale",
        "reference",
    } <= stored.manifest.keys()
    assert stored.metrics["folds"] == len(progress.fractions)
    assert progress.fractions == sorted(progress.fractions)
    # the reference bins hold every row of the factor, missing ones apart
    bins = stored.manifest["reference"]["momentum_12_1"]
    assert sum(bins["shares"]) + bins["missing"] == pytest.approx(1)
    assert len(bins["shares"]) == len(bins["edges"]) + 1 == 10


async def test_training_again_on_the_same_data_adds_nothing(services: Services, dataset: Dataset) -> None:
    one, two = [await services.training.train("model_a", services.last, dataset, Silent()) for _ in range(2)]
    assert one == two
    assert await services.training.versions.count() == 1


async def test_training_by_hand_is_as_of_the_latest_session_asked_for(services: Services, dataset: Dataset) -> None:
    progress = Steps()
    stored, decided = await services.models.train("momentum", None, progress)
    assert (stored.as_of, progress.names) == (services.last, ["prices", "factors", "train"])
    # and the version was put through the gate at once, but not a second time
    assert decided is not None
    assert (decided.version, decided.decided_by, decided.effective_from) == (1, "system", services.last)
    assert await services.models.train("momentum", None, Silent()) == (stored, None)
    weekend = dataset.days[704] + timedelta(days=1)
    assert (await services.models.train("momentum", weekend, Silent()))[0].as_of == dataset.days[704]


async def test_training_by_hand_without_prices_or_model_says_so(services: Services, dataset: Dataset) -> None:
    with pytest.raises(NoPrices, match="No prices stored up to 1999-01-04"):
        await services.models.train("momentum", date(1999, 1, 4), Silent())
    with pytest.raises(UnknownModel):
        await services.models.train("model_z", None, Silent())


async def test_training_is_due_without_a_version_after_a_while_and_when_the_recipe_changes(
    services: Services, dataset: Dataset, registry: ModelRegistry
) -> None:
    day = services.last
    assert await services.training.is_due("momentum", day)
    await services.training.train("momentum", day, dataset, Silent())
    assert not await services.training.is_due("momentum", day)
    # 63 sessions of a year of 254 are 90.5 days
    assert not await services.training.is_due("momentum", day + timedelta(days=90))
    assert await services.training.is_due("momentum", day + timedelta(days=91))
    # the day before knows nothing of it
    assert await services.training.is_due("momentum", day - timedelta(days=1))
    # and another seed is another recipe
    registry.catalogue = registry.catalogue.model_copy(update={"training": TrainingSection(seed=8)})
    assert await services.training.is_due("momentum", day)


async def test_a_session_is_never_served_by_a_version_that_saw_later_data(services: Services, dataset: Dataset) -> None:
    early, late = dataset.days[700], services.last
    for day in (late, early):
        await services.training.train("momentum", day, dataset, Silent())
    assert (await services.training.version_for("momentum", late - timedelta(days=1))).as_of == early
    assert (await services.training.version_for("momentum", late)).as_of == late
    with pytest.raises(NoVersion, match="'momentum' has no trained version as of"):
        await services.training.version_for("momentum", early - timedelta(days=1))


async def test_every_enabled_model_and_the_ensemble_rank_each_session(services: Services, panel: pl.DataFrame) -> None:
    progress, sessions = Steps(), [services.last - timedelta(days=7), services.last]
    rankings = await services.models.rank_all(panel, sessions, symbols(), progress)
    # then each that has data has one ranking a session, trained once for both
    models = ["model_a", "ridge", "momentum"]
    named = [(r.as_of, r.model) for r in rankings]
    assert named == [(day, model) for day in sessions for model in (*models, "ensemble")]
    assert progress.names == ["factors", *["train"] * 5, "signals", *["train"] * 2, "signals"]
    assert await services.training.versions.count() == len(models)
    # and every ranking is whole, with reasons from the models that learn
    for ranking in rankings:
        assert [output.rank for output in ranking.outputs] == list(range(1, 61))
        assert len(ranking.explanations) == (0 if ranking.model == "ensemble" else 60)
    _is_the_ensemble_of(rankings[len(models) + 1 :], services)


async def test_a_model_without_data_is_left_out_and_the_recipe_says_why(
    services: Services, panel: pl.DataFrame
) -> None:
    # given prices and nothing that models B and C could learn from
    rankings = await services.models.rank_all(panel, [services.last], symbols(), Silent())
    assert not {"model_b", "model_c"} & {ranking.model for ranking in rankings}
    recipe = rankings[-1].recipe
    assert not {"model_b", "model_c"} & {*recipe.versions, *recipe.weights}
    assert recipe.absent("ensemble").keys() == {"model_b", "model_c"}
    assert "0 sessions with data of 0 shares found" in recipe.absent("ensemble")["model_b"]
    # then what serves now are the others
    assert [one.model_id for one in await services.models.recipes.serving.on(None)] == ["model_a", "ridge", "momentum"]


def _is_the_ensemble_of(rankings: list[Ranking], services: Services) -> None:
    registry, recipe = services.models.registry, rankings[-1].recipe
    assert sum(recipe.weights.values()) == pytest.approx(1)
    members, rule = {r.model: r.outputs for r in rankings[:-1]}, registry.catalogue.ensemble.rule
    combined = combine(members, recipe.weights, rule, registry.thresholds, recipe.notes.get("ensemble"))
    assert list(rankings[-1].outputs) == combined


async def test_ranking_a_past_session_gives_what_it_gave_then(services: Services, panel: pl.DataFrame) -> None:
    # given the ranking of a session when it was the last
    day = services.last - timedelta(days=7)
    then = await services.models.rank_all(panel.filter(pl.col("session_date") <= day), [day], symbols(), Silent())
    # when the future has come and it is ranked again
    again = await services.models.rank_all(panel, [day], symbols(), Silent())
    # then it is the same to the bit
    assert [(r.model, r.outputs, r.explanations) for r in again] == [(r.model, r.outputs, r.explanations) for r in then]


async def test_a_past_ranking_is_made_again_from_its_recipe_whatever_holds_now(
    services: Services, panel: pl.DataFrame, registry: ModelRegistry, dataset: Dataset
) -> None:
    # given rankings, and then newer versions, other weights, thresholds and parameters
    then = await services.models.rank_all(panel, [services.last], symbols(), Silent())
    changed = [
        config.model_copy(update={"weight": 0.5, "params": {"rounds": 20} if config.model_id == "model_a" else {}})
        for config in registry.catalogue.models
    ]
    signals = registry.catalogue.signals.model_copy(update={"thresholds": ThresholdsSection(buy=0.51, sell=0.49)})
    catalogue = registry.catalogue.model_copy(update={"models": tuple(changed), "signals": signals})
    services.models.registry.catalogue = catalogue
    registry.register("model_a", ModelAPlugin)
    await services.training.train("model_a", services.last, dataset, Silent())
    now = await services.models.rank_all(panel, [services.last], symbols(), Silent())
    assert [r.outputs for r in now] != [r.outputs for r in then]
    # when each is made again from its recipe
    again = [
        await (await services.models.past_run(panel, r.recipe)).rank(r.model, services.last, r.recipe, symbols())
        for r in then
    ]
    # then it is what it was
    assert again == [replace(r, explanations=()) for r in then]


async def test_a_past_session_too_early_to_train_for_is_left_out_but_the_last_must_do(
    services: Services, panel: pl.DataFrame, dataset: Dataset
) -> None:
    early = dataset.days[200]
    rankings = await services.models.rank_all(panel, [early, services.last], symbols(), Silent())
    assert {r.as_of for r in rankings} == {services.last}
    with pytest.raises(NotEnoughHistory):
        await services.models.rank_all(random_walk(sessions=200), [early], symbols(), Silent())


async def test_a_model_that_does_not_learn_ranks_without_training(
    services: Services, panel: pl.DataFrame, dataset: Dataset, registry: ModelRegistry
) -> None:
    registry.register("momentum", FixedModel)
    assert not await services.training.is_due("momentum", services.last)
    with pytest.raises(NothingToTrain, match="'momentum' needs no training"):
        await services.training.train("momentum", services.last, dataset, Silent())
    rankings = {r.model: r for r in await services.models.rank_all(panel, [services.last], symbols(), Silent())}
    assert rankings["momentum"].outputs[0].symbol == "S01.AX"
    assert rankings["momentum"].explanations == ()


async def test_without_an_ensemble_only_the_models_rank(
    services: Services, panel: pl.DataFrame, registry: ModelRegistry
) -> None:
    off = registry.catalogue.ensemble.model_copy(update={"enabled": False})
    registry.catalogue = registry.catalogue.model_copy(update={"ensemble": off})
    rankings = await services.models.rank_all(panel, [services.last], symbols(), Silent())
    assert [r.model for r in rankings] == ["model_a", "ridge", "momentum"]


async def test_an_unknown_or_untrained_model_says_so(services: Services, dataset: Dataset) -> None:
    with pytest.raises(NoVersion, match="'model_a' has no trained version as of"):
        await services.recipes.recipe(services.last, dataset, FactsUsed(services.last, NOW, ""))
    with pytest.raises(NoVersion, match="'model_a' has no trained version v1"):
        await services.training.load("model_a", 1)
    with pytest.raises(UnknownModel):
        await services.cards.card("model_z")


async def test_a_dataset_of_other_rows_has_another_hash(services: Services, dataset: Dataset) -> None:
    other = replace(dataset, excess=dataset.excess * 2)
    hashes = [
        (await services.training.train("momentum", services.last, d, Silent())).manifest["data_sha256"]
        for d in (dataset, other)
    ]
    assert hashes[0] != hashes[1]
