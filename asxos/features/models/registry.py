"""ModelRegistry: the model plugins there are, which are enabled, and what they weigh."""

from importlib import import_module
from pathlib import Path

from asxos.core.errors import BadInput, NotFound
from asxos.domain.signals import Thresholds
from asxos.features.models.catalogue import Catalogue, read_catalogue
from asxos.features.models.plugins.base import FeatureSource, ModelConfig, ModelPlugin
from asxos.features.models.plugins.trained import Trained, TrainedPlugin


class BadPlugin(BadInput):
    """A stanza of models.yaml names a plugin that cannot be used."""

    def __init__(self, config: ModelConfig, fault: str) -> None:
        super().__init__(f"model {config.model_id!r}, plugin {config.plugin!r}: {fault}")


class UnknownModel(NotFound):
    def __init__(self, model_id: str) -> None:
        super().__init__(f"No model {model_id!r} in models.yaml")


class ModelRegistry:
    """Made in bootstrap from models.yaml. Plugins held here have no factors and no trained version yet; see `bound`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._plugins: dict[str, ModelPlugin] = {}

    @classmethod
    def from_yaml(cls, path: Path | None = None) -> "ModelRegistry":
        """The registry of a models.yaml (default: the one shipped). Raises: BadModelsFile, BadPlugin."""
        registry = cls(read_catalogue(path))
        for config in registry.catalogue.models:
            registry.register(config.model_id, _plugin_class(config))
        return registry

    def register(self, model_id: str, plugin_class: type[ModelPlugin]) -> None:
        """Use `plugin_class` for the stanza of `model_id`. Raises: UnknownModel: it has no stanza."""
        self._plugins[model_id] = plugin_class(self.config(model_id))

    def config(self, model_id: str) -> ModelConfig:
        """The stanza of a model. Raises: UnknownModel."""
        found = next((config for config in self.catalogue.models if config.model_id == model_id), None)
        if found is None:
            raise UnknownModel(model_id)
        return found

    def get(self, model_id: str) -> ModelPlugin | None:
        """The plugin, enabled or not, or None."""
        return self._plugins.get(model_id)

    def get_enabled(self) -> list[ModelPlugin]:
        """The enabled plugins, in the order of models.yaml."""
        return [self._plugins[c.model_id] for c in self.catalogue.models if c.enabled and c.model_id in self._plugins]

    def get_ensemble_weights(self) -> dict[str, float]:
        """Weights of the enabled models as written; `combine` rescales them."""
        return {plugin.config.model_id: plugin.config.weight for plugin in self.get_enabled()}

    def learner(self, model_id: str) -> TrainedPlugin | None:
        """The plugin if it is one that learns, else None. Raises: UnknownModel."""
        plugin = self.get(model_id)
        if plugin is None:
            raise UnknownModel(model_id)
        return plugin if isinstance(plugin, TrainedPlugin) else None

    def bound(
        self, model_id: str, features: FeatureSource | None, trained: Trained | None, thresholds: Thresholds
    ) -> ModelPlugin:
        """A plugin ready to be asked: with factors and, if it learns, with what it learnt. Raises: UnknownModel.

        The parameters are those of the version, whatever models.yaml says by now.
        """
        learner, config = self.learner(model_id), self.config(model_id)
        if learner is None or trained is None:
            return type(self._plugins[model_id])(config, features)
        own = config.model_copy(update={"params": dict(trained.params)})
        return type(learner)(own, features, trained, thresholds)

    @property
    def thresholds(self) -> Thresholds:
        return self.catalogue.thresholds


def _plugin_class(config: ModelConfig) -> type[ModelPlugin]:
    """The class a stanza names. Raises: BadPlugin."""
    module_name, class_name = config.plugin.split(":")
    try:
        found = getattr(import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise BadPlugin(config, str(error)) from error
    if not (isinstance(found, type) and issubclass(found, ModelPlugin)):
        raise BadPlugin(config, "is not a ModelPlugin")
    return found
