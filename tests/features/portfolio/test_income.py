"""Income received and to come, over HTTP."""

from pathlib import Path

from httpx2 import AsyncClient

from asxos.bootstrap import System
from asxos.features.market.services import ReferenceService
from tests.features.portfolio.test_importing import BHP, CBA, HEAD
from tests.features.portfolio.test_performance import enter
from tests.features.portfolio.test_routes import made, upload


async def test_income_by_month_and_year_with_franking_and_what_is_to_come(
    client: AsyncClient, system: System, tmp_path: Path
) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP + CBA)
    for code, rows in (
        ("BHP", "2024-12-18,0.72,100\n2025-03-06,0.50,60\n2025-09-04,,\n"),
        ("CBA", "2024-12-31,2.25,\n"),
    ):
        path = tmp_path / f"dividends_{code}.csv"
        path.write_text(f"ex_date,amount,franked,factor\n{rows}".replace("04,,\n", "04,,,1\n"))
        await system.service(ReferenceService).ingest_actions(path)
    await enter(client, id, kind="dividend", on="2024-12-27", code="BHP", amount="72")
    await enter(client, id, kind="dividend", on="2024-12-23", code="CBA", amount="20", franked="7", franking_credit="3")
    await enter(client, id, kind="drp", on="2024-06-28", code="CBA", amount="70", quantity="2", price="31.20")
    body = (await client.get(f"/portfolios/{id}/dividends")).json()
    assert [(m["period"], m["payments"], m["amount"], m["franking_credit"]) for m in body["months"]] == [
        ("2024-12", 2, "92.00", "33.86"),
        ("2024-06", 1, "70.00", "0.00"),
    ]
    assert [(y["period"], y["grossed_up"]) for y in body["years"]] == [("2024-25", "125.86"), ("2023-24", "70.00")]
    first = body["payments"][0]
    assert (first["code"], first["ex_date"], first["is_estimated"]) == ("BHP.AX", "2024-12-18", True)
    assert [p["reinvested"] for p in body["payments"]] == [False, False, True]
    # 12 CBA at $2.25, franking not announced; 100 BHP at 50c, 60 % franked: 50 x 0.6 x 30/70 = 12.857.
    assert [(c["code"], c["ex_date"], c["units"], c["amount"], c["franking_credit"]) for c in body["coming"]] == [
        ("CBA.AX", "2024-12-31", "12", "27.00", None),
        ("BHP.AX", "2025-03-06", "100", "50.00", "12.86"),
    ]


async def test_nothing_held_is_nothing_to_come(client: AsyncClient) -> None:
    id = await made(client)
    body = (await client.get(f"/portfolios/{id}/dividends")).json()
    assert (body["months"], body["coming"], body["payments"]) == ([], [], [])
    assert (await client.get("/portfolios/99/dividends")).status_code == 404
