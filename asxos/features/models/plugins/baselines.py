"""The plain rules that the record of every model is printed beside, always with their own parameters."""

from asxos.features.models.plugins.base import ModelConfig
from asxos.features.models.plugins.momentum import MomentumPlugin
from asxos.features.models.plugins.ridge import RidgePlugin
from asxos.features.models.plugins.trained import TrainedPlugin

BASELINES: dict[str, type[TrainedPlugin]] = {"momentum": MomentumPlugin, "ridge": RidgePlugin}
"""By the ids of their stanzas in models.yaml."""


def baselines() -> dict[str, TrainedPlugin]:
    """Each rule as it is without parameters, whatever models.yaml gives the model of the same name."""
    return {name: rule(_plain(name, rule)) for name, rule in BASELINES.items()}


def _plain(name: str, rule: type[TrainedPlugin]) -> ModelConfig:
    return ModelConfig(model_id=name, type="technical", plugin=f"{rule.__module__}:{rule.__name__}")
