"""Who speaks on a session and with what weight, over baselines really trained on a small panel."""

import numpy as np
import polars as pl
import pytest

from asxos.core.progress import Silent
from asxos.domain.ensemble import Weighting
from asxos.domain.ensemble.voices import BASELINES_SPEAK
from asxos.domain.promotion import Action
from asxos.domain.universe import UniverseRule
from asxos.features.models.catalogue import PromotionSection
from asxos.features.models.dataset import Dataset, DatasetFeatures, build_dataset
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.realised import realised
from asxos.features.models.records import NewPromotion
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.services.recipes import SILENT
from tests.features.models.conftest import Services
from tests.features.models.panels import symbols

EVERYTHING_PASSES = PromotionSection(max_ece=1.0, min_coverage=0.0, max_coverage=1.0)
NOTHING_PASSES = PromotionSection(max_ece=1e-9, min_coverage=1.0, max_coverage=1.0)


@pytest.fixture
def registry(registry: ModelRegistry) -> ModelRegistry:
    """Ridge and momentum only, both let through the gate, at 0.5 and 0.5."""
    weights = {"ridge": 0.5, "momentum": 0.5}
    models = [
        config.model_copy(update={"weight": weights.get(config.model_id, 0), "enabled": config.model_id in weights})
        for config in registry.catalogue.models
    ]
    return _changed(registry, models=tuple(models), promotion=EVERYTHING_PASSES)


def _changed(registry: ModelRegistry, **sections: object) -> ModelRegistry:
    registry.catalogue = registry.catalogue.model_copy(update=sections)
    return registry


def weighted_by(registry: ModelRegistry, weighting: Weighting) -> None:
    _changed(registry, ensemble=registry.catalogue.ensemble.model_copy(update={"weights": weighting}))


async def rank(services: Services, panel: pl.DataFrame, *numbers: int) -> dict[str, dict[str, float]]:
    """Rank the sessions of those numbers from the end; returns each session's weights as kept."""
    days = panel["session_date"].unique().sort()
    sessions = [days[-number] for number in numbers]
    rankings = await services.models.rank_all(panel, sessions, symbols(), Silent())
    return {str(r.as_of): dict(r.recipe.weights) for r in rankings if r.model == "ensemble"}


async def test_weights_follow_what_members_have_shown_and_are_kept_once_a_session(
    services: Services, panel: pl.DataFrame
) -> None:
    # given a session at which both were trained, and one 60 sessions later, when more outcomes are known
    then, now = (await rank(services, panel, 61, 1)).values()
    assert sum(then.values()) == sum(now.values()) == pytest.approx(1)
    assert then != {"ridge": 0.5, "momentum": 0.5}
    assert now != then
    # then they are kept, and not made anew when the session is ranked again
    assert list((await rank(services, panel, 61, 1)).values()) == [then, now]
    assert await services.cards.weights.count() == 2
    used = await services.cards.weights_used()
    assert used is not None
    assert (used.session_date, used.weights) == (services.last, now)
    assert used.basis["versions"] == {"ridge": 1, "momentum": 1}


async def test_weights_of_a_session_know_nothing_of_later_prices(
    services: Services, panel: pl.DataFrame, dataset: Dataset
) -> None:
    day = dataset.days[-21]
    shorter = panel.filter(pl.col("session_date") <= day)
    await rank(services, panel, 61)
    serving, weighing = services.recipes.serving, services.recipes.weighing
    served = await serving.on(day)
    voices = serving.voices(served).weights
    made = []
    for data in (dataset, build_dataset(shorter, UniverseRule())):
        made.append(await weighing.weigh(day, voices, served, data))
        async with services.training.db.transaction() as connection:
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute("DELETE FROM ensemble_weights")
    assert made[0] == made[1]


async def test_fixed_weights_are_as_configured_and_kept_all_the_same(
    services: Services, panel: pl.DataFrame, registry: ModelRegistry
) -> None:
    weighted_by(registry, Weighting.FIXED)
    (weights,) = (await rank(services, panel, 1)).values()
    assert weights == {"ridge": 0.5, "momentum": 0.5}
    assert await services.cards.weights.count() == 1


async def test_stacked_weights_are_learnt_once_from_the_same_evidence(
    services: Services, panel: pl.DataFrame, registry: ModelRegistry
) -> None:
    weighted_by(registry, Weighting.STACKED)
    then, now = (await rank(services, panel, 6, 1)).values()
    assert then == now
    assert await services.cards.weights.count() == 2
    limits = registry.catalogue.ensemble.limits
    assert all(limits.floor <= weight <= limits.cap for weight in now.values())


async def test_where_nobody_passed_the_gate_the_baselines_speak_and_every_signal_says_so(
    services: Services, panel: pl.DataFrame, registry: ModelRegistry
) -> None:
    _changed(registry, promotion=NOTHING_PASSES)
    rankings = {r.model: r for r in await services.models.rank_all(panel, [services.last], symbols(), Silent())}
    ensemble = rankings["ensemble"]
    assert ensemble.recipe.weights.keys() == {"ridge", "momentum"}
    assert len(ensemble.outputs) == 60
    assert all(output.note and output.note.startswith(BASELINES_SPEAK) for output in ensemble.outputs)
    # they speak, so it is not said of them that they do not
    assert {output.note for output in rankings["ridge"].outputs} == {None}


async def test_a_model_that_was_not_promoted_ranks_without_a_voice(
    services: Services, panel: pl.DataFrame, registry: ModelRegistry
) -> None:
    # given a momentum that is no baseline, and does not beat ridge by a thousand errors
    models = [c.model_copy(update={"baseline": c.model_id == "ridge"}) for c in registry.catalogue.models]
    _changed(registry, models=tuple(models), promotion=EVERYTHING_PASSES.model_copy(update={"min_t": 1000}))
    rankings = {r.model: r for r in await services.models.rank_all(panel, [services.last], symbols(), Silent())}
    assert rankings["ensemble"].recipe.weights == {"ridge": 1.0}
    assert all(output.note and output.note.startswith(SILENT) for output in rankings["momentum"].outputs)
    alone = {o.symbol: o.ml_prob for o in rankings["ridge"].outputs}
    assert {o.symbol: o.ml_prob for o in rankings["ensemble"].outputs} == pytest.approx(alone)


async def test_a_challenger_shadows_the_champion_under_a_name_of_its_own(
    services: Services, panel: pl.DataFrame, dataset: Dataset
) -> None:
    # given a champion, and a later version that was refused
    await rank(services, panel, 61)
    await services.training.train("ridge", dataset.days[-21], dataset, Silent())
    await services.promotion.ledger.append(_refused("ridge", 2, services))
    rankings = {r.model: r for r in await services.models.rank_all(panel, [services.last], symbols(), Silent())}
    assert list(rankings) == ["ridge", "momentum", "ridge_v2", "ensemble"]
    shadow = rankings["ridge_v2"]
    assert shadow.is_shadow
    assert (len(shadow.outputs), shadow.explanations) == (60, ())
    assert {output.note for output in shadow.outputs} == {"challenger of v1"}
    assert rankings["ensemble"].recipe.weights.keys() == {"ridge", "momentum"}
    # and it can be made again from its recipe like any other
    features, everything = DatasetFeatures(dataset, symbols()), list(symbols().values())
    again = await services.ranking.rank_again("ridge_v2", services.last, shadow.recipe, features, everything)
    assert again == shadow


def _refused(model_id: str, version: int, services: Services) -> NewPromotion:
    return NewPromotion(
        model_id, version, Action.REFUSE.value, services.last, services.promotion.clock.now(), "system", None, []
    )


async def test_realised_scores_are_those_since_training_whose_outcome_is_known(
    services: Services, panel: pl.DataFrame, dataset: Dataset, registry: ModelRegistry
) -> None:
    await rank(services, panel, 61)
    trained = await services.training.load("ridge", 1)
    plugin = registry.bound("ridge", None, trained, registry.thresholds)
    assert isinstance(plugin, TrainedPlugin)
    found = realised(plugin, dataset, 5, dataset.days[-61], services.last)
    # training dates from the 61st session before the end to the 23rd, whose label ends with the last open
    count = len(dataset.days)
    expected = [dataset.days[n] for n in range(count - 61, count - 22) if n % 5 == 0]
    assert found["session_date"].unique().sort().to_list() == expected
    assert np.isfinite(found["excess"].to_numpy()).all()
    # and on the first day, nothing of it is known yet
    assert realised(plugin, dataset, 5, dataset.days[-61], dataset.days[-61]).is_empty()
