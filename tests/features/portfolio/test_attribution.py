"""Allocation and selection by sector, over HTTP, against a market whose returns are known."""

from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from asxos.bootstrap import System
from asxos.features.market.services import IngestService, MarketService, ReferenceService
from tests.features.market.conftest import Frames, sessions
from tests.features.market.test_ingest import on
from tests.features.portfolio.conftest import DAYS
from tests.features.portfolio.test_importing import BHP, CBA, HEAD
from tests.features.portfolio.test_performance import enter
from tests.features.portfolio.test_routes import made, upload

EARLIER = [day for day in sessions(60, DAYS[0].replace(month=10)) if day < DAYS[0]][-40:]
NAMES = """code,company name,gics industry group
BHP,BHP,Materials
RIO,RIO,Materials
CBA,CBA,Banks
WBC,WBC,Banks
"""


async def with_market(system: System, tmp_path: Path) -> None:
    """Four shares that trade enough; on the last session RIO gains 10 % and pays $1, WBC loses 10 %."""
    volumes: list[int] = [1_000_000] * 48
    wiggle = [1 + 0.01 * (n % 2) for n in range(40)]
    frames = [
        on(EARLIER, [40 * w for w in wiggle[::-1]], volume=volumes[:40]),
        on(EARLIER, [150 * w for w in wiggle[::-1]], "CBA.AX", volume=volumes[:40]),
        on([*EARLIER, *DAYS], [*[100 * w for w in wiggle[::-1]], *[100.0] * 7, 110.0], "RIO.AX", volume=volumes),
        on([*EARLIER, *DAYS], [*[30 * w for w in wiggle[::-1]], *[30.0] * 7, 27.0], "WBC.AX", volume=volumes),
    ]
    await system.service(IngestService).ingest(Frames(frames))
    names, paid = tmp_path / "names.csv", tmp_path / "dividends_RIO.csv"
    names.write_text(NAMES)
    paid.write_text("ex_date,amount,franked\n2024-12-30,1.00,100\n")
    await system.service(ReferenceService).ingest_universe(names)
    await system.service(ReferenceService).ingest_actions(paid)
    system.service(MarketService).forget()


async def attributed(client: AsyncClient, id: int, **query: str) -> dict[str, Any]:
    answer = await client.get(f"/portfolios/{id}/attribution", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_parts_by_sector_add_up_to_the_difference(client: AsyncClient, system: System, tmp_path: Path) -> None:
    await with_market(system, tmp_path)
    id = await made(client)
    await upload(client, id, HEAD + BHP + CBA + BHP.replace("BHP,", "NEWCO,").replace("T1", "T4"))
    body = await attributed(client, id, **{"from": "2024-12-30"})
    # 4,000 of BHP +2.5 % and 1,500 of CBA -2 %. The market: a quarter each of BHP +2.5, RIO +11, CBA -2, WBC -10 %.
    assert body["portfolio_return"] == pytest.approx(70 / 5500)
    assert body["benchmark_return"] == pytest.approx((0.025 + 0.11 - 0.02 - 0.10) / 4)
    assert (body["benchmark_members"], "equal parts" in body["benchmark"]) == (4, True)
    by_sector = {effect["sector"]: effect for effect in body["effects"]}
    materials, financials, unknown = (by_sector[name] for name in ("Materials", "Financials", "Unknown"))
    market = 0.00375
    assert materials["allocation"] == pytest.approx((4000 / 5500 - 0.5) * (0.0675 - market))
    assert materials["selection"] == pytest.approx(4000 / 5500 * (0.025 - 0.0675))
    assert financials["selection"] == pytest.approx(1500 / 5500 * (-0.02 + 0.06))
    assert unknown["total"] == 0
    assert sum(effect["total"] for effect in body["effects"]) == pytest.approx(body["difference"], abs=1e-12)
    assert "Brinson" in body["method"]


async def test_the_whole_period_adds_up_to_the_time_weighted_return(
    client: AsyncClient, system: System, tmp_path: Path
) -> None:
    await with_market(system, tmp_path)
    id = await made(client)
    await upload(client, id, HEAD + BHP + CBA)
    await enter(client, id, kind="sell", on="2024-12-19", code="BHP", quantity="100", amount="4000")
    await enter(client, id, kind="sell", on="2024-12-20", code="CBA", quantity="10", amount="1500")
    await enter(client, id, kind="buy", on="2024-12-27", code="CBA", quantity="8", amount="1200")
    await enter(client, id, kind="code_change", on="2024-12-30", code="CBA", into="CBX")
    body = await attributed(client, id)
    performance = (await client.get(f"/portfolios/{id}/performance")).json()
    assert body["portfolio_return"] == pytest.approx(performance["whole"]["time_weighted"]["total"], abs=1e-12)
    assert sum(effect["total"] for effect in body["effects"]) == pytest.approx(body["difference"], abs=1e-12)
    # Nothing was held on the 23rd and the 24th.
    assert (body["sessions"], body["of_sessions"]) == (6, 8)


@pytest.mark.parametrize(
    ("lines", "query", "status", "says"),
    [
        (BHP, {"from": "2024-12-30", "to": "2024-12-17"}, 422, "is after"),
        (BHP.replace("2024-12-17", "2015-12-17"), {"from": "2016-01-01"}, 422, "longer than 5 years"),
        (BHP.replace("BHP,", "NEWCO,"), {}, 404, "held nothing with a price"),
    ],
)
async def test_what_cannot_be_attributed_is_one_clear_problem(
    client: AsyncClient, lines: str, query: dict[str, str], status: int, says: str
) -> None:
    id = await made(client)
    await upload(client, id, HEAD + lines)
    answer = await client.get(f"/portfolios/{id}/attribution", params=query)
    assert (answer.status_code, says in answer.json()["detail"]) == (status, True)
