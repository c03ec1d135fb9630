"""Portfolios over HTTP, as a page uses them."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.features.portfolio.test_importing import BHP, CBA, HEAD


async def made(client: AsyncClient, **wanted: Any) -> int:
    answer = await client.post("/portfolios", json={"name": "Main", **wanted})
    assert answer.status_code == 201
    return answer.json()["id"]


async def upload(client: AsyncClient, id: int, text: str, **query: Any) -> dict[str, Any]:
    answer = await client.post(f"/portfolios/{id}/imports", files={"file": ("t.csv", text.encode())}, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_holdings_have_value_gain_income_and_signal_to_the_cent(client: AsyncClient) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP + CBA + BHP.replace("BHP,", "OLD,").replace("T1", "T3"))
    await upload(client, id, HEAD + BHP.replace("BHP,", "NEWCO,").replace("T1", "T4"))
    dividend = {"kind": "dividend", "on": "2024-12-20", "code": "bhp", "amount": "72.50", "franked": "72.50"}
    assert (await client.post(f"/portfolios/{id}/transactions", json=dividend)).status_code == 201
    body = (await client.get(f"/portfolios/{id}/holdings")).json()
    bhp = next(h for h in body["holdings"] if h["code"] == "BHP.AX")
    assert (bhp["quantity"], bhp["cost_base"], bhp["value"], bhp["gain"]) == ("100", "4009.50", "4100.00", "90.50")
    assert (bhp["day_change"], bhp["income"]) == ("100.00", "72.50")
    price = bhp["price"]
    assert (price["close"], price["session_date"], price["source"]) == (41.0, "2024-12-30", "test")
    assert (price["change"], price["is_stale"]) == (pytest.approx(0.025), False)
    assert (bhp["signal"]["signal"], bhp["signal"]["confidence"]) == ("BUY", 0.57)
    old = next(h for h in body["holdings"] if h["code"] == "OLD.AX")
    assert (old["price"]["is_stale"], old["value"], old["signal"]) == (True, "150.00", None)
    unpriced = next(h for h in body["holdings"] if h["code"] == "NEWCO.AX")
    assert (unpriced["price"], unpriced["value"], unpriced["gain"]) == (None, None, None)
    assert body["unpriced"] == ["NEWCO.AX"]
    assert (body["value"], body["as_of"]) == ("5720.00", "2024-12-30")


async def test_without_any_price_there_is_no_value(client: AsyncClient) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP.replace("BHP,", "NEWCO,"))
    body = (await client.get(f"/portfolios/{id}/holdings")).json()
    assert (body["value"], body["gain"], body["cost_base"]) == (None, None, "4009.50")


async def test_a_line_is_entered_corrected_and_annulled_and_nothing_is_lost(client: AsyncClient) -> None:
    id = await made(client)
    line = {"kind": "buy", "on": "2024-12-17", "code": "BHP", "quantity": "10", "amount": "400", "brokerage": "9.50"}
    entered = (await client.post(f"/portfolios/{id}/transactions", json=line)).json()
    corrected = await client.put(f"/portfolios/{id}/transactions/{entered['id']}", json=line | {"quantity": "12"})
    assert corrected.json()["quantity"] == "12"
    lines = (await client.get(f"/portfolios/{id}/transactions")).json()
    assert [item["quantity"] for item in lines["items"]] == ["12"]
    again = await client.put(f"/portfolios/{id}/transactions/{entered['id']}", json=line)
    assert again.status_code == 404
    gone = await client.delete(f"/portfolios/{id}/transactions/{corrected.json()['id']}")
    assert gone.status_code == 204
    assert (await client.get(f"/portfolios/{id}/transactions")).json()["total"] == 0


async def test_an_annulled_line_does_not_come_back_with_its_file(client: AsyncClient) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP)
    (line,) = (await client.get(f"/portfolios/{id}/transactions")).json()["items"]
    await client.delete(f"/portfolios/{id}/transactions/{line['id']}")
    assert (await upload(client, id, HEAD + BHP))["duplicates"] == 1
    assert (await client.get(f"/portfolios/{id}/holdings")).json()["holdings"] == []


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"on": "2025-06-01"}, "2025-06-01 is in the future"),
        ({"kind": "sell"}, "BHP.AX: the sale of 2024-12-17 is 10 units more than were held then"),
        ({"quantity": None}, "quantity is missing from a buy"),
        ({"code": "M/G?"}, "body.code"),
        ({"code": "TOOLONG"}, "'TOOLONG' is not an ASX code"),
        ({"quantity": "-1"}, "body.quantity"),
        ({"quantity": "NaN"}, "body.quantity"),
        ({"amount": "-5"}, "amount must not be negative"),
        ({"kind": "fee"}, "code has no place in a fee"),
        ({"what": 1}, "body.what"),
    ],
)
async def test_a_bad_line_is_one_clear_problem_and_nothing_is_written(
    client: AsyncClient, change: dict[str, Any], detail: str
) -> None:
    id = await made(client)
    line = {"kind": "buy", "on": "2024-12-17", "code": "BHP", "quantity": "10", "amount": "400"}
    answer = await client.post(f"/portfolios/{id}/transactions", json=line | change)
    assert answer.status_code == 422
    assert detail in answer.json()["detail"]
    assert (await client.get(f"/portfolios/{id}/transactions")).json()["total"] == 0


async def test_portfolios_have_names_of_their_own_and_settings_that_change(client: AsyncClient) -> None:
    id = await made(client, entity="super_fund", method="lifo", marginal_rate="0.15")
    assert (await client.post("/portfolios", json={"name": "Main"})).status_code == 409
    second = await made(client, name="Second")
    assert (await client.put(f"/portfolios/{second}", json={"name": "Main"})).status_code == 409
    changed = await client.put(f"/portfolios/{id}", json={"name": "Fund", "entity": "super_fund", "broker": "cmc"})
    assert (changed.json()["name"], changed.json()["method"]) == ("Fund", "fifo")
    assert (await client.get(f"/portfolios/{id}")).json() == changed.json()
    assert [p["name"] for p in (await client.get("/portfolios")).json()["items"]] == ["Fund", "Second"]
    assert (await client.delete(f"/portfolios/{id}")).status_code == 204
    assert (await client.get(f"/portfolios/{id}")).status_code == 404


async def test_an_upload_says_its_layout_and_what_is_wrong_with_it(client: AsyncClient) -> None:
    id = await made(client)
    body = await upload(client, id, HEAD + BHP + BHP.replace("T1", "T2").replace(",100,", ",nan,"), dry_run=True)
    assert (body["layout"], body["added"], body["import_id"]) == ("SelfWealth movements", 1, None)
    assert body["refused"] == [{"line": 3, "reason": "units 'nan' is not a number"}]
    await upload(client, id, HEAD + BHP)
    (past,) = (await client.get(f"/portfolios/{id}/imports")).json()
    (row,) = (await client.get(f"/portfolios/{id}/imports/{past['id']}/rows")).json()
    assert (row["line"], row["outcome"]) == (2, "added")
    for bad, detail in (("[]", "must be an object"), ("{", "is not JSON")):
        files = {"file": ("t.csv", (HEAD + BHP).encode())}
        answer = await client.post(f"/portfolios/{id}/imports", files=files, data={"mapping": bad})
        assert (answer.status_code, detail in answer.json()["detail"]) == (422, True)


async def test_watchlists_come_with_price_change_and_signal(client: AsyncClient) -> None:
    for code in ("bhp", "ASX:CBA", "NEW"):
        assert (await client.post("/watchlists/Mine", json={"code": code})).status_code == 201
    (mine,) = (await client.post("/watchlists/Mine", json={"code": "BHP.AX"})).json()["lists"]
    assert [
        (w["code"], w["price"] and w["price"]["close"], w["signal"] and w["signal"]["signal"]) for w in mine["items"]
    ] == [
        ("BHP.AX", 41.0, "BUY"),
        ("CBA.AX", 147.0, "SELL"),
        ("NEW.AX", None, None),
    ]
    assert (await client.delete("/watchlists/Mine/CBA")).status_code == 204
    assert (await client.delete("/watchlists/Mine/CBA")).status_code == 404
    assert [len(w["items"]) for w in (await client.get("/watchlists")).json()["lists"]] == [2]
