"""The code of docs/guides/adding_new_models.md, run as a newcomer would."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from asxos.core.db import Database
from asxos.core.progress import Silent
from asxos.features.models.dataset import Dataset
from asxos.features.models.registry import ModelRegistry
from tests.features.models.conftest import joined
from tests.features.models.panels import symbols

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "adding_new_models.md"
SHIPPED = Path(__file__).parents[3] / "asxos" / "features" / "models" / "config" / "models.yaml"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelRegistry]:
    """The shipped models and the guide's, its file in a folder of its own."""
    (tmp_path / "low_risk_of_the_guide.py").write_text(block("python"), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    stored = yaml.safe_load(SHIPPED.read_text("utf-8"))
    stanza = yaml.safe_load(block("yaml"))[0]
    stored["models"].append(stanza | {"plugin": "low_risk_of_the_guide:LowRiskPlugin"})
    path = tmp_path / "models.yaml"
    path.write_text(yaml.safe_dump(stored), encoding="utf-8")
    yield ModelRegistry.from_yaml(path)
    sys.modules.pop("low_risk_of_the_guide", None)


async def test_the_guides_model_trains_ranks_explains_itself_and_joins_the_ensemble(
    registry: ModelRegistry, db: Database, panel: pl.DataFrame, dataset: Dataset
) -> None:
    services, day = joined(db, registry, panel), dataset.days[-1]
    rankings = {r.model: r for r in await services.models.rank_all(panel, [day], symbols(), Silent())}
    assert len(rankings["low_risk"].outputs) == len(rankings["ensemble"].outputs) == 60
    scores = {o.symbol: o.score for o in rankings["low_risk"].outputs}
    for reason in rankings["low_risk"].explanations:
        assert reason.base + sum(reason.contributions) == pytest.approx(scores[reason.symbol], rel=1e-9, abs=1e-12)
    assert (await services.training.version_for("low_risk", day)).manifest["params"] == {"penalty": 1000}


def test_the_guides_model_finds_what_is_planted(registry: ModelRegistry) -> None:
    plugin = registry.learner("low_risk")
    assert plugin is not None
    rng = np.random.default_rng(1)
    x = rng.uniform(-0.5, 0.5, (5000, 4)).astype(np.float32)
    y = -0.1 * x[:, 0] + rng.normal(0, 0.05, 5000)
    artifact = plugin.fit(x, y, np.zeros(5000, np.int64), np.ones(5000), 1)
    assert np.corrcoef(plugin.score(artifact, x), -x[:, 0])[0, 1] > 0.9
