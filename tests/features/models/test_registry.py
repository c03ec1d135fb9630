from datetime import date
from pathlib import Path
from typing import Any

import pytest

from asxos.domain.ensemble import Weighting
from asxos.domain.signals import ModelOutput
from asxos.features.models.catalogue import BadModelsFile, read_catalogue
from asxos.features.models.plugins.base import ModelPlugin
from asxos.features.models.plugins.model_a import ModelAPlugin
from asxos.features.models.plugins.model_b import ModelBPlugin
from asxos.features.models.plugins.model_c import ModelCPlugin
from asxos.features.models.plugins.momentum import MomentumPlugin
from asxos.features.models.plugins.ridge import RidgePlugin
from asxos.features.models.registry import BadPlugin, ModelRegistry, UnknownModel

STANZA = "models:\n  - {model_id: m, type: technical, weight: 0.5, plugin: '%s'%s}\n"
MOMENTUM = "asxos.features.models.plugins.momentum:MomentumPlugin"


class SilentModel(ModelPlugin):
    async def generate_signals(self, symbols: list[str], as_of: date) -> list[ModelOutput]:
        return []

    def get_metadata(self) -> dict[str, Any]:
        return {}


def written(folder: Path, text: str) -> Path:
    path = folder / "models.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_registers_the_models_and_the_baselines(registry: ModelRegistry) -> None:
    kinds = [ModelAPlugin, ModelBPlugin, ModelCPlugin, RidgePlugin, MomentumPlugin]
    assert [type(plugin) for plugin in registry.get_enabled()] == kinds
    weights = {"model_a": 0.6, "model_b": 0.3, "model_c": 0.2, "ridge": 0.2, "momentum": 0.2}
    assert registry.get_ensemble_weights() == weights
    assert registry.get("model_z") is None


def test_the_shipped_file_says_the_defaults_of_the_code() -> None:
    shipped = read_catalogue()
    assert shipped.thresholds == type(shipped.thresholds)()
    assert shipped.universe == type(shipped.universe)()
    assert shipped.ensemble == type(shipped.ensemble)()
    assert shipped.promotion.gate == type(shipped.promotion.gate)()
    assert shipped.training == type(shipped.training)()


def test_stacking_is_a_strategy_that_brings_its_own_weights(tmp_path: Path) -> None:
    strategy = STANZA % (MOMENTUM, "") + "ensemble: {conflict_strategy: stacked}\n"
    assert read_catalogue(written(tmp_path, strategy)).ensemble.weighting is Weighting.STACKED
    assert read_catalogue().ensemble.weighting is Weighting.DYNAMIC


def test_a_model_switched_off_stays_known_but_has_no_weight(tmp_path: Path) -> None:
    registry = ModelRegistry.from_yaml(written(tmp_path, STANZA % (MOMENTUM, ", enabled: false")))
    assert registry.get("m") is not None
    assert registry.get_enabled() == []
    assert registry.get_ensemble_weights() == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (STANZA % (MOMENTUM, ", wieght: 0.4"), "models.0.wieght: Extra inputs are not permitted"),
        (STANZA % (MOMENTUM, "") + "ensemble: {min_agrement: 0.5}\n", "ensemble.min_agrement: Extra inputs"),
        (STANZA % (MOMENTUM, "") + "ensemble: {min_confidence: 1.5}\n", "ensemble.min_confidence: "),
        (STANZA % (MOMENTUM, "") + "ensemble: {conflict_strategy: dice}\n", "ensemble.conflict_strategy: "),
        (STANZA % (MOMENTUM, "") + "signals: {thresholds: {buy: 0.7}}\n", "signals.thresholds: .*must rise"),
        (STANZA % (MOMENTUM, "") + "signals: {horizon: 0}\n", "signals.horizon: "),
        (STANZA % (MOMENTUM, "") + "extra: 1\n", "extra: Extra inputs"),
        (STANZA % (MOMENTUM, "") + "ensemble: {weights: dice}\n", "ensemble.weights: "),
        (STANZA % (MOMENTUM, "") + "ensemble: {floor: 0.7}\n", "ensemble: .*floor <= cap"),
        (STANZA % (MOMENTUM, "") + "ensemble: {half_life: 5}\n", "ensemble.half_life: "),
        (
            STANZA % (MOMENTUM, "") + "ensemble: {conflict_strategy: stacked, weights: fixed}\n",
            "ensemble: .*stacked learns its weights",
        ),
        (STANZA % (MOMENTUM, "") + "promotion: {max_ice: 0.1}\n", "promotion.max_ice: Extra inputs"),
        (STANZA % (MOMENTUM, "") + "promotion: {min_coverage: 0.95}\n", "promotion: .*min_coverage is above"),
        (STANZA.replace("model_id: m", "model_id: m_v2") % (MOMENTUM, ""), "models.0.model_id: .*shadow predictions"),
        ("models:\n" + 2 * (STANZA % (MOMENTUM, "")).split("\n", 1)[1], "model_id 'm' is taken"),
        (STANZA.replace("model_id: m", "model_id: ensemble") % (MOMENTUM, ""), "model_id 'ensemble' is taken"),
        ("models: []\n", "models: "),
        ("", "the file: "),
        ("models: [\n", "while parsing"),
        (STANZA % ("no_colon", ""), "models.0.plugin: "),
    ],
)
def test_a_wrong_file_is_refused_by_file_and_field(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(BadModelsFile, match=rf"models\.yaml: .*{fault}"):
        ModelRegistry.from_yaml(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadModelsFile, match=r"absent\.yaml: cannot be read: No such file"):
        read_catalogue(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    ("plugin", "fault"),
    [
        ("asxos.nowhere:Plugin", "No module named 'asxos.nowhere'"),
        ("asxos.features.models.plugins.momentum:Missing", "has no attribute 'Missing'"),
        ("asxos.features.models.catalogue:Catalogue", "is not a ModelPlugin"),
    ],
)
def test_a_plugin_that_cannot_be_used_is_named(tmp_path: Path, plugin: str, fault: str) -> None:
    with pytest.raises(BadPlugin, match=f"model 'm', plugin '{plugin}': .*{fault}"):
        ModelRegistry.from_yaml(written(tmp_path, STANZA % (plugin, "")))


def test_a_model_without_a_stanza_cannot_be_registered_or_bound(registry: ModelRegistry) -> None:
    with pytest.raises(UnknownModel, match="No model 'model_z' in"):
        registry.register("model_z", MomentumPlugin)
    with pytest.raises(UnknownModel):
        registry.learner("model_z")


def test_registering_replaces_and_a_model_that_does_not_learn_needs_no_version(registry: ModelRegistry) -> None:
    registry.register("momentum", SilentModel)
    assert registry.learner("momentum") is None
    assert isinstance(registry.get("momentum"), SilentModel)
