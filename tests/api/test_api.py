"""The HTTP door over published rankings."""

import asyncio
import json
from uuid import UUID

import pytest
from httpx2 import AsyncClient

from asxos.bootstrap import System
from asxos.core.events.types import EventType, SignalGenerated
from asxos.core.service import BaseService
from tests.published import NOW

LIVE = "/api/v1/signals/live"


async def top(client: AsyncClient) -> str:
    """The symbol of rank 1."""
    return (await client.get(LIVE)).json()["signals"][0]["symbol"]


async def test_the_live_ranking_is_what_the_contract_says(client: AsyncClient) -> None:
    body = (await client.get(f"{LIVE}?limit=3")).json()
    assert (body["status"], body["model"], body["as_of"]) == ("ok", "ensemble", "2024-06-28")
    assert (body["count"], body["simulated"]) == (3, True)
    assert [s["rank"] for s in body["signals"]] == [1, 2, 3]
    first = body["signals"][0]
    assert first["signal"] in {"STRONG_BUY", "BUY", "HOLD", "SELL", "STRONG_SELL"}
    assert 0 <= first["ml_prob"] <= 1
    assert first["interval"][0] <= first["ml_expected_return"] <= first["interval"][1]
    assert len(first["spark"]) == 30


async def test_a_page_of_a_ranking_continues_where_the_one_before_ended(client: AsyncClient) -> None:
    whole = (await client.get(f"{LIVE}?limit=6")).json()["signals"]
    rest = (await client.get(f"{LIVE}?limit=3&offset=3")).json()["signals"]
    assert rest == whole[3:]


async def test_one_share_has_every_models_word(client: AsyncClient) -> None:
    body = (await client.get(f"/api/v1/signals/{await top(client)}")).json()
    assert [s["model"] for s in body["signals"]] == ["ensemble", "model_a", "model_b", "model_c", "momentum", "ridge"]


async def test_any_usual_form_of_a_code_is_understood(client: AsyncClient) -> None:
    code = (await top(client)).removesuffix(".AX")
    for form in (code.lower(), f"{code}.AX", f"ASX:{code}", f"{code}.AU"):
        assert (await client.get(f"/api/v1/signals/{form}")).json()["symbol"] == f"{code}.AX"


async def test_an_explanation_adds_up_in_words(client: AsyncClient) -> None:
    body = (await client.get(f"/api/v1/signals/{await top(client)}/explanation")).json()
    total = body["base"] + sum(r["contribution"] for r in body["reasons"])
    assert total == pytest.approx(body["score"], rel=1e-9)
    assert all(r["words"] and r["unit"] for r in body["reasons"])


async def test_the_public_record_says_where_it_ends(client: AsyncClient) -> None:
    body = (await client.get("/api/v1/signals/record")).json()
    items = (await client.get("/api/v1/events?type=signal.generated&limit=100")).json()["items"]
    # Other tests announce rankings that they made up, which no entry of the record stands behind.
    latest = next(item["payload"] for item in items if item["payload"].get("sequence"))
    assert (body["entries"], body["head"]) == (latest["sequence"], latest["sha256"])
    assert body["published_at"] == "2024-06-28T10:00:00Z"


async def test_outcomes_say_what_became_of_signals_and_what_is_not_due(client: AsyncClient) -> None:
    body = (await client.get("/api/v1/signals/outcomes?model=ensemble&horizon=5&from=2024-06-01")).json()
    [found] = body["models"]
    assert (body["horizon"], body["first"], body["last"], found["model"]) == (5, "2024-06-01", None, "ensemble")
    assert {part["by"] for part in found["parts"]} == {"all", "label", "sector", "year", "published"}
    whole = found["parts"][0]
    assert whole["sessions"] == 1  # of three, a week apart, the first alone is over: 14 June, to the open of the 24th
    assert whole["hit_low"] <= whole["hit_rate"] <= whole["hit_high"]
    everything = (await client.get("/api/v1/signals/outcomes?horizon=63")).json()
    assert all(each["parts"] == [] and each["not_due"] > 0 for each in everything["models"])
    assert (await client.get("/api/v1/signals/outcomes?horizon=7")).status_code == 422


async def test_models_are_compared_side_by_side(client: AsyncClient) -> None:
    body = (await client.get("/api/v1/signals/compare?models=model_a&models=momentum&limit=5")).json()
    assert body["models"] == ["model_a", "momentum"]
    assert body["rows"]
    assert all(row["ranks"].keys() <= {"model_a", "momentum"} for row in body["rows"])


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        (f"{LIVE}?model=model_z", 404, "model_z"),
        (f"{LIVE}?limit=0", 422, "limit"),
        (f"{LIVE}?as_of=yesterday", 422, "as_of"),
        ("/api/v1/signals/QQQQ", 404, "QQQQ"),
        ("/api/v1/signals/no-code", 422, "no-code"),
        ("/api/v1/signals/compare?models=model_z", 404, "model_z"),
        ("/api/v1/prices/QQQQ", 404, "QQQQ"),
        ("/api/v1/jobs/999999", 404, "999999"),
        ("/api/v1/models/model_z", 404, "model_z"),
        ("/api/v1/nothing", 404, "Not Found"),
    ],
)
async def test_what_is_wrong_is_said_as_a_problem(client: AsyncClient, path: str, status: int, says: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]


async def test_a_wrong_method_says_which_are_right(client: AsyncClient) -> None:
    answer = await client.put(LIVE)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_the_process_tells_of_itself(client: AsyncClient) -> None:
    assert (await client.get("/health")).json()["status"] == "ok"
    assert (await client.get("/ready")).json()["status"] == "ok"
    await client.get(LIVE)
    assert 'asxos_http_requests_total{method="GET",status="200"}' in (await client.get("/metrics")).text


async def test_every_answer_that_was_worked_on_carries_its_correlation_id_and_safe_headers(client: AsyncClient) -> None:
    asked = await client.get("/health", headers={"x-correlation-id": "my-run-7"})
    forged = await client.get("/health", headers={"x-correlation-id": "a b"})
    assert asked.headers["x-correlation-id"] == "my-run-7"
    assert UUID(forged.headers["x-correlation-id"])
    assert asked.headers["x-content-type-options"] == "nosniff"


async def test_an_event_makes_a_kept_answer_fresh(system: System, client: AsyncClient) -> None:
    # given an answer that is kept
    await client.get(LIVE)
    generation = system.cache.generation("signals")
    # when a ranking is announced, here or anywhere
    facts = SignalGenerated(model="ensemble", as_of=NOW.date(), count=1)
    async with system.db.transaction():
        await BaseService(system.db, system.event_bus).publish_event(EventType.SIGNAL_GENERATED, facts)
    # then the answer is dropped within the poll of a second
    async with asyncio.timeout(5):
        while system.cache.generation("signals") == generation:
            await asyncio.sleep(0.02)


async def test_the_log_of_events_is_read_newest_first_and_by_type(client: AsyncClient) -> None:
    items = (await client.get("/api/v1/events?type=price.updated")).json()["items"]
    assert [e["type"] for e in items] == ["price.updated"]
    assert items[0]["payload"]["added"] > 1_000
    page = (await client.get("/api/v1/events?limit=2")).json()["items"]
    rest = (await client.get(f"/api/v1/events?limit=2&before={page[-1]['id']}")).json()["items"]
    assert page[0]["id"] > page[1]["id"] > rest[0]["id"]


async def test_jobs_tell_what_ran_and_what_came_of_it(client: AsyncClient) -> None:
    items = (await client.get("/api/v1/jobs")).json()["items"]
    ran = {job["name"]: job for job in items if job["state"] == "done"}
    assert ran["generate_signals"]["result"]["as_of"] == "2024-06-28"
    one = (await client.get(f"/api/v1/jobs/{ran['ingest_prices']['id']}")).json()
    assert one["result"]["securities"] == 60


async def test_a_run_that_is_asked_for_waits_as_a_job(client: AsyncClient) -> None:
    answer = await client.post("/api/v1/signals/runs", json={"as_of": "2024-06-27"})
    assert answer.status_code == 202
    job = (await client.get(f"/api/v1/jobs/{answer.json()['job_id']}")).json()
    assert (job["name"], job["state"]) == ("generate_signals", "waiting")


async def test_the_openapi_document_names_every_route(client: AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert {"/health", "/ready", "/metrics", LIVE, "/api/v1/signals/{symbol}", "/api/v1/signals/runs"} <= paths.keys()
    assert {"/api/v1/models", "/api/v1/securities", "/api/v1/prices/{symbol}", "/api/v1/jobs"} <= paths.keys()
    assert all("summary" in o and "responses" in o for p in paths.values() for o in p.values())
    assert json.dumps(paths)
