"""Backtests over HTTP, on the published market."""

import pytest
from httpx2 import AsyncClient

from asxos.bootstrap import System
from asxos.features.backtests.jobs import BadPlan
from asxos.features.backtests.services import RUN_BACKTEST


async def test_a_run_is_listed_read_and_shown_as_a_page(client: AsyncClient) -> None:
    listed = (await client.get("/api/v1/backtests")).json()["items"]
    assert listed
    assert listed[-1]["simulated"] is True
    assert listed[-1]["capital"] == "100000.00"
    id = listed[-1]["id"]
    one = (await client.get(f"/api/v1/backtests/{id}")).json()
    assert one["final_equity"] == listed[-1]["final_equity"]
    assert len(one["curve"]["date"]) == len(one["curve"]["strategy"])
    assert one["parameters"]["broker"] == "commsec"
    assert one["trading"]["brokerage"].replace(".", "").isdigit()
    assert {"year", "month", "return"} == one["monthly"][0].keys()
    page = await client.get(f"/api/v1/backtests/{id}/report")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Simulated data" in page.text


async def test_a_run_that_is_not_there_is_a_404_problem(client: AsyncClient) -> None:
    for path in ("/api/v1/backtests/987654", "/api/v1/backtests/987654/report"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["title"]) == (404, "NoBacktest")


async def test_a_run_is_asked_for_and_followed_as_a_job(client: AsyncClient, system: System) -> None:
    answer = await client.post("/api/v1/backtests", json={"model": "momentum", "top": 5, "sector_neutral": True})
    assert answer.status_code == 202
    job = await system.jobs.get_job(answer.json()["job_id"])
    assert (job.name, job.args["top"], job.args["sector_neutral"]) == (RUN_BACKTEST, 5, True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"top": 0}, "top"),
        ({"broker": "nobody"}, "broker"),
        ({"model": "a; DROP"}, "model"),
        ({"first": "2024-02-01", "last": "2024-01-01"}, "is after last"),
        ({"delisting_return": -2}, "delisting_return"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
async def test_a_plan_that_makes_no_sense_is_refused(client: AsyncClient, body: dict[str, object], says: str) -> None:
    answer = await client.post("/api/v1/backtests", json=body)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


async def test_a_job_with_arguments_of_no_backtest_is_refused(system: System) -> None:
    with pytest.raises(BadPlan, match=r"top: .* nonsense: "):
        await system.jobs.run_now(RUN_BACKTEST, args={"top": -1, "nonsense": 1})
