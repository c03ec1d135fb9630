from datetime import UTC, date, datetime

from asxos.domain.ensemble import EnsembleRule
from asxos.domain.ranking import FactsUsed, Ranking, Recipe, model_of, shadow_name
from asxos.domain.signals import Thresholds
from asxos.domain.universe import UniverseRule

RECIPE = Recipe(
    versions={"model_a": 2, "model_a_v3": 3},
    weights={"model_a": 1.0},
    notes={"ensemble": "the baselines speak", "model_a_v3": "challenger"},
    rule=EnsembleRule(),
    thresholds=Thresholds(),
    universe=UniverseRule(),
    horizon=21,
    facts=FactsUsed(date(2024, 1, 2), datetime(2024, 1, 2, 6, tzinfo=UTC), "0" * 64),
)


def test_a_models_part_of_a_recipe_is_its_version_and_its_note() -> None:
    part = RECIPE.of("model_a_v3")
    assert (part.versions, part.weights, part.notes) == ({"model_a_v3": 3}, {}, {"model_a_v3": "challenger"})
    assert RECIPE.of("model_a").notes == {}


def test_a_shadow_is_known_by_its_name() -> None:
    name = shadow_name("model_a", 12)
    assert (name, model_of(name), model_of("model_a")) == ("model_a_v12", "model_a", "model_a")
    rankings = [Ranking(model, date(2024, 1, 2), RECIPE, ()) for model in (name, "model_a", "ensemble", "model_v")]
    assert [ranking.is_shadow for ranking in rankings] == [True, False, False, False]
