from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from asxos.core.http import install_problem_handlers
from asxos.core.progress import Silent
from asxos.features.models.dataset import Dataset
from asxos.features.models.plugins.model_a import ModelAPlugin
from asxos.features.models.records import NewTrial
from asxos.features.models.routes import router
from asxos.features.models.services import CardService, PastRankingService
from tests.features.models.conftest import Services


@pytest.fixture
async def client(services: Services) -> AsyncIterator[AsyncClient]:
    app = FastAPI()
    app.include_router(router)
    app.state.services = {CardService: services.cards, PastRankingService: services.past}
    install_problem_handlers(app)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as found:
        yield found


async def test_models_are_listed_with_their_record_once_trained(
    services: Services, dataset: Dataset, client: AsyncClient
) -> None:
    # given one of the models trained
    await services.training.train("momentum", services.last, dataset, Silent())
    body = (await client.get("/models")).json()
    # then the untrained one has no version and no measures
    untrained, *_, trained = body["models"]
    assert (untrained["model_id"], untrained["version"], untrained["metrics"]) == ("model_a", None, None)
    assert (untrained["algorithm"], untrained["features"]) == ("LightGBM", list(ModelAPlugin.FEATURES))
    assert (trained["model_id"], trained["version"], trained["weight"]) == ("momentum", "v1", 0.2)
    assert trained["metrics"]["baselines"].keys() == {"momentum", "ridge"}
    assert body["ensemble"] == {
        "enabled": True,
        "conflict_strategy": "weighted_majority",
        "min_agreement": 0.5,
        "min_confidence": 0.53,
        "weighting": "dynamic",
        "floor": 0.05,
        "cap": 0.6,
        "half_life": 252,
        "configured": {"model_a": 0.6, "model_b": 0.3, "model_c": 0.2, "ridge": 0.2, "momentum": 0.2},
        "weights": {"model_a": 0.6, "model_b": 0.3, "model_c": 0.2, "ridge": 0.2, "momentum": 0.2},
        "weights_of": None,
    }
    assert (await client.get("/models/momentum")).json() == trained


async def test_an_evaluation_is_the_newest_versions_out_of_fold_record(
    services: Services, dataset: Dataset, client: AsyncClient
) -> None:
    stored = await services.training.train("momentum", services.last, dataset, Silent())
    body = (await client.get("/models/momentum/evaluation")).json()
    assert (body["model"], body["version"], body["as_of"]) == ("momentum", "v1", services.last.isoformat())
    assert body["rank_ic"] == stored.metrics["rank_ic"]
    assert body["brier"] == stored.metrics["brier"]
    # and its parts, its curve, its coverage by window, and what its leak checks found
    detail = stored.manifest["detail"]
    assert [year["rank_ic"] for year in body["breakdown"]["year"]] == [
        y["rank_ic"] for y in detail["breakdown"]["year"]
    ]
    assert sum(point["rows"] for point in body["calibration_curve"]) > 0
    assert [part["part"] for part in body["rolling_coverage"]] == ["all", "0", "1", "2"]
    assert body["leaks"]["found"] == 0


async def test_the_more_was_tried_the_less_is_left_of_the_sharpe_ratio(
    services: Services, dataset: Dataset, client: AsyncClient
) -> None:
    # given one run ever
    stored = await services.training.train("momentum", services.last, dataset, Silent())
    alone = (await client.get("/models/momentum/evaluation")).json()
    assert alone["trials"] == 1
    assert alone["deflated_sharpe"] == alone["probabilistic_sharpe"]
    # when nine others are logged, whether or not they left a version
    for n in range(9):
        trial = NewTrial("sweep", stored.as_of, str(n), 7, sharpe=0.05 * n, periods=20, skew=0.0, kurtosis=3.0)
        await services.training.versions.trials.append(trial)
    after = (await client.get("/models/momentum/evaluation")).json()
    # then it is as likely to be worth something as the best of ten
    assert after["trials"] == 10
    assert after["probabilistic_sharpe"] == alone["probabilistic_sharpe"]
    assert after["deflated_sharpe"] < alone["deflated_sharpe"]


@pytest.mark.parametrize("path", ["/models/model_z", "/models/model_z/evaluation", "/models/model_a/evaluation"])
async def test_a_model_unknown_or_never_trained_is_a_404_problem(client: AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


async def test_an_impossible_model_id_is_refused(client: AsyncClient) -> None:
    assert (await client.get("/models/DROP%20TABLE")).status_code == 422
