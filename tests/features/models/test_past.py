"""What models said of past sessions, read back from their evidence."""

from datetime import timedelta

import polars as pl
import pytest

from asxos.core.progress import Silent
from asxos.domain.ranking import ENSEMBLE
from asxos.features.models.dataset import Dataset
from asxos.features.models.errors import NoVersion
from asxos.features.models.records import Tally
from asxos.features.models.registry import ModelRegistry, UnknownModel
from asxos.features.models.schemas import EvaluationOut
from asxos.features.models.services import PastRankingService
from tests.features.models.conftest import Services


@pytest.fixture
async def past(services: Services, registry: ModelRegistry, dataset: Dataset) -> PastRankingService:
    """Every model trained once."""
    for plugin in (registry.get(model_id) for model_id in ("model_a", "ridge", "momentum")):
        assert plugin is not None
        await services.training.train(plugin.config.model_id, services.last, dataset, Silent())
    return services.past


async def test_past_rankings_are_the_newest_versions_evidence(past: PastRankingService, services: Services) -> None:
    found = await past.past_rankings("model_a", None, None)
    version = await services.training.versions.find_newest("model_a")
    assert version is not None
    evidence = await services.training.versions.get_evidence(version.evidence_sha256 or "")
    assert found.drop("made_by").equals(evidence.select("session_date", "security_id", "score", "ml_prob"))
    assert found["made_by"].unique().to_list() == ["model_a v1, by folds trained on earlier sessions only"]


async def test_past_rankings_are_of_the_days_asked_for(past: PastRankingService) -> None:
    days = (await past.past_rankings("model_a", None, None))["session_date"].unique().sort()
    found = await past.past_rankings("model_a", days[2], days[4])
    assert found["session_date"].unique().sort().to_list() == days[2:5].to_list()
    assert (await past.past_rankings("model_a", days[-1] + timedelta(days=1), None)).is_empty()


async def test_the_ensemble_pools_what_its_members_said(past: PastRankingService) -> None:
    # given that nobody has passed the gate: the baselines speak
    found = await past.past_rankings(ENSEMBLE, None, None)
    key, members = ["session_date", "security_id"], ("ridge", "momentum")
    for model in members:
        said = await past.past_rankings(model, None, None)
        found = found.join(said.select(*key, pl.col("ml_prob").alias(model)), on=key)
    both = found.drop_nulls()
    # then every probability lies between those of the two
    between = pl.col("ml_prob").is_between(pl.min_horizontal(members) - 1e-6, pl.max_horizontal(members) + 1e-6)
    assert both.height > 100
    assert both.select(between.all()).item()
    assert found["made_by"][0] == "ridge v1 and momentum v1 pooled, by folds trained on earlier sessions only"


async def test_a_model_without_evidence_has_no_past(services: Services, registry: ModelRegistry) -> None:
    past = services.past
    with pytest.raises(NoVersion):
        await past.past_rankings("model_a", None, None)
    with pytest.raises(UnknownModel):
        await past.past_rankings("model_q", None, None)


async def test_the_ensembles_record_stands_beside_the_baselines_on_the_same_rows(past: PastRankingService) -> None:
    body = EvaluationOut.of_ensemble(await past.evaluation(), Tally(3, 0.01))
    assert (body.model, body.version) == (ENSEMBLE, "ridge v1 and momentum v1 pooled")
    assert body.baselines.keys() == {"ridge", "momentum"}
    assert body.rows == (await past.past_rankings(ENSEMBLE, None, None)).height
    assert body.rank_ic is not None
    assert body.coverage is not None
    assert body.breakdown.keys() == {"year", "sector", "liquidity", "label"}
