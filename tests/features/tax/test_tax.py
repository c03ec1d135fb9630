"""A financial year over HTTP. Worked numbers: the project's tax rules."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from httpx2 import AsyncClient
from python_calamine import CalamineWorkbook

from asxos.bootstrap import System
from asxos.features.tax.repositories import CpiRepository
from tests.features.portfolio.test_routes import made


async def enter(client: AsyncClient, id: int, kind: str, on: str, code: str | None = "BHP", **values: str) -> str:
    line: dict[str, Any] = {"kind": kind, "on": on, "code": code, **values}
    answer = await client.post(f"/portfolios/{id}/transactions", json=line)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def trade(client: AsyncClient, id: int, kind: str, on: str, units: str, price: str, **more: str) -> str:
    amount = str(Decimal(units) * Decimal(price))
    return await enter(client, id, kind, on, **{"quantity": units, "amount": amount, **more})


async def year(client: AsyncClient, id: int, fy: int, **query: str) -> dict[str, Any]:
    answer = await client.get(f"/portfolios/{id}/tax/{fy}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


SUMS = ("total_gains", "discount", "net_capital_gain")


@pytest.mark.parametrize(
    ("entity", "sums"),
    [
        ("individual", ("4980.00", "2490.00", "2490.00")),
        ("super_fund", ("4980.00", "1660.00", "3320.00")),
        ("company", ("4980.00", "0.00", "4980.00")),
    ],
)
async def test_a_gain_by_entity(client: AsyncClient, entity: str, sums: tuple[str, ...]) -> None:
    id = await made(client, entity=entity)
    await trade(client, id, "buy", "2023-08-01", "1000", "10", brokerage="10")
    await trade(client, id, "sell", "2024-08-02", "1000", "15", brokerage="10")
    found = await year(client, id, 2025)
    assert tuple(found[name] for name in SUMS) == sums
    (disposal,) = found["disposals"]
    assert (disposal["symbol"], disposal["acquired"], disposal["sold"]) == ("BHP.AX", "2023-08-01", "2024-08-02")
    assert (disposal["cost_base"], disposal["proceeds"], disposal["gain"]) == ("10010.00", "14990.00", "4980.00")
    assert (found["fy"], (await year(client, id, 2024))["disposals"]) == ("2024-25", [])


async def test_least_tax_is_proven_and_recorded_with_its_reason(client: AsyncClient) -> None:
    id = await made(client)
    for on, price in (("2022-05-02", "20"), ("2023-11-01", "22"), ("2024-10-01", "25")):
        await trade(client, id, "buy", on, "100", price)
    await trade(client, id, "sell", "2024-12-02", "100", "30")
    assert (await year(client, id, 2025))["net_capital_gain"] == "500.00"
    found = await year(client, id, 2025, method="least-tax")
    assert found["net_capital_gain"] == "400.00"
    assert found["proof"]["gap"] <= 1e-6
    assert [d["reason"] for d in found["disposals"]] == ["least tax of the financial year"]


async def test_dividends_carry_franking_and_the_45_day_test(client: AsyncClient) -> None:
    id = await made(client, entity="super_fund", marginal_rate="0.15")
    await trade(client, id, "buy", "2024-08-01", "300", "40")
    await trade(client, id, "buy", "2024-11-01", "100", "40")
    await trade(client, id, "sell", "2024-12-02", "100", "40")
    await enter(client, id, "dividend", "2024-12-20", amount="280", franked="280", ex_date="2024-11-10")
    await enter(client, id, "interest", "2024-12-20", None, amount="3.21")
    found = await year(client, id, 2025)
    (dividend,) = found["dividends"]
    assert (dividend["franking_credit"], dividend["franking_credit_allowed"]) == ("120.00", "90.00")
    assert (dividend["units_tested"], dividend["units_passed"]) == ("400", "300")
    assert (found["interest"], found["assessable"]) == ("3.21", "373.21")
    assert found["tax"] == "-34.02"  # 373.21 x 15 % - 90


async def test_what_a_statement_leaves_out_comes_from_the_market_and_says_so(
    system: System, client: AsyncClient
) -> None:
    async with system.db.connection() as connection:
        await connection.execute(
            "INSERT INTO corporate_actions (security_id, ex_date, kind, amount, franked, method, source_id, known_at)"
            " SELECT c.security_id, '2024-11-10', 'dividend', 0.70, 1, 'reported', (SELECT min(id) FROM sources), now()"
            " FROM security_codes c WHERE code = 'BHP.AX'"
        )
    id = await made(client)
    await trade(client, id, "buy", "2024-08-01", "100", "40")
    await enter(client, id, "dividend", "2024-12-20", amount="70")
    (dividend,) = (await year(client, id, 2025))["dividends"]
    assert (dividend["ex_date"], dividend["franking_credit"], dividend["is_estimated"]) == ("2024-11-10", "30.00", True)


async def test_a_cost_that_is_not_known_is_named_and_not_zero(client: AsyncClient) -> None:
    id = await made(client)
    await enter(client, id, "opening", "2024-01-02", quantity="10")
    await trade(client, id, "sell", "2024-12-02", "10", "40")
    found = await year(client, id, 2025)
    assert (found["unknown_cost"], found["net_capital_gain"]) == (["BHP.AX"], "0.00")
    assert [(d["cost_base"], d["gain"], d["assessable"]) for d in found["disposals"]] == [(None, None, None)]


async def test_a_sale_is_previewed_now_and_after_waiting(client: AsyncClient) -> None:
    id = await made(client, marginal_rate="0.37")
    await trade(client, id, "buy", "2024-03-01", "100", "30")
    query = {"code": "bhp", "quantity": "100", "price": "41", "on": "2024-12-30"}
    body = (await client.get(f"/portfolios/{id}/sale-preview", params=query)).json()
    assert (body["now"]["net_capital_gain"], body["now"]["tax"]) == ("1100.00", "407.00")
    assert (body["waiting"]["on"], body["waiting"]["tax"]) == ("2025-03-02", "203.50")
    (parcel,) = body["now"]["parcels"]
    assert (parcel["discount_from"], parcel["franking_safe_from"]) == ("2025-03-02", "2024-04-16")
    short = await client.get(f"/portfolios/{id}/sale-preview", params=query | {"quantity": "101"})
    assert (short.status_code, "fewer than 101 units" in short.json()["detail"]) == (422, True)
    bad = await client.get(f"/portfolios/{id}/sale-preview", params=query | {"code": "M:G"})
    assert bad.status_code == 422


async def test_exports_hold_the_year_and_no_formula(client: AsyncClient) -> None:
    id = await made(client)
    bought = await trade(client, id, "buy", "2024-08-01", "100", "10")
    chosen: Any = [{"parcel": bought, "quantity": "100"}]
    await trade(client, id, "sell", "2024-12-02", "100", "9.50", chosen=chosen, reason="=HYPERLINK(1)")
    url = f"/portfolios/{id}/tax/2025/export"
    rows = list(csv.reader(io.StringIO((await client.get(url)).content.decode("utf-8-sig"))))
    (gain,) = [row for row in rows if row[:1] == ["BHP.AX"]]
    assert (gain[3:8], gain[12]) == (["1 Aug 2024", "2 Dec 2024", "1000.00", "950.00", "-50.00"], "'=HYPERLINK(1)")
    book = CalamineWorkbook.from_filelike(io.BytesIO((await client.get(url, params={"format": "xlsx"})).content))
    sheet = book.get_sheet_by_name("Capital gains").to_python()
    assert (sheet[1][7], sheet[1][12]) == (-50.0, "=HYPERLINK(1)")
    page = (await client.get(url, params={"format": "html"})).text
    assert "financial year 2024-25" in page
    assert "@media print" in page


async def test_the_reform_indexes_what_was_held_over_the_line(system: System, client: AsyncClient) -> None:
    numbers: Mapping[date, Decimal] = {date(2027, 9, 30): Decimal(150), date(2029, 12, 31): Decimal("161.3")}
    repository = CpiRepository(system.db)
    assert await repository.add(numbers, "test", datetime(2030, 2, 1, tzinfo=UTC)) == 2
    assert await repository.add(numbers, "test", datetime(2030, 3, 1, tzinfo=UTC)) == 0
    system.clock.instant = datetime(2030, 3, 1, tzinfo=UTC)  # pyright: ignore[reportAttributeAccessIssue] - a FixedClock
    id = await made(client)
    await trade(client, id, "buy", "2020-03-02", "1000", "10")
    await trade(client, id, "sell", "2029-12-10", "1000", "60")
    found = await year(client, id, 2030)
    # The last close before 30 June 2027 is $41: deferred 31,000 halved; 60,000 - 41,000 x 1.075 indexed.
    assert (found["discount"], found["indexed_gain"]) == ("15500.00", "15925.00")
    assert found["net_capital_gain"] == "31425.00"
