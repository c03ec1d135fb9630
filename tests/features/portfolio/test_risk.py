"""What a portfolio risks, over HTTP, where the risk of its shares is known."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from httpx2 import AsyncClient

from asxos.bootstrap import System
from asxos.domain.risk.funds import is_fund
from asxos.features.market.services import IngestService, MarketService, ReferenceService
from tests.features.market.conftest import Frames, sessions
from tests.features.market.test_ingest import on
from tests.features.portfolio.conftest import DAYS
from tests.features.portfolio.test_importing import BHP, CBA, HEAD
from tests.features.portfolio.test_routes import made, upload

RNG = np.random.default_rng(11)
PAST = [day for day in sessions(700, DAYS[0].replace(year=2022, month=6)) if day < DAYS[0]]


async def assessed(client: AsyncClient, id: int) -> dict[str, Any]:
    answer = await client.get(f"/portfolios/{id}/risk")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def with_past(system: System, tmp_path: Path) -> None:
    """BHP has moved as the index and CBA 1.5 times as much, for over two years; FUND for two months."""
    moves = RNG.normal(0, 0.008, len(PAST))
    index = 80_000 * np.cumprod(1 + moves)
    bhp, cba = 40 * np.cumprod(1 + moves), 150 * np.cumprod(1 + 1.5 * moves)
    frames = [
        on(PAST, (bhp * 40 / bhp[-1]).tolist()),
        on(PAST, (cba * 150 / cba[-1]).tolist(), "CBA.AX"),
        on([*PAST[-42:], *DAYS], [20.0] * 50, "FUND.AX"),
    ]
    await system.service(IngestService).ingest(Frames(frames))
    levels = tmp_path / "XJO.csv"
    rows = [f"{day},{level}" for day, level in zip(PAST, index, strict=True)]
    rows += [f"{day},{index[-1]}" for day in DAYS]
    levels.write_text("\n".join(["date,total return", *rows, ""]))
    await system.service(ReferenceService).ingest_index(levels)
    names = tmp_path / "names.csv"
    names.write_text(
        "code,company name,gics industry group\n"
        "FUND,VANGUARD AUSTRALIAN SHARES INDEX ETF,Not Applic\nBHP,BHP,Materials\n"
    )
    await system.service(ReferenceService).ingest_universe(names)
    system.service(MarketService).forget()


async def test_risk_of_present_weights_is_that_of_their_shares(
    client: AsyncClient, system: System, tmp_path: Path
) -> None:
    await with_past(system, tmp_path)
    id = await made(client)
    # At the last closes: 4,100 of BHP, 1,470 of CBA and 200 of FUND.
    await upload(client, id, HEAD + BHP + CBA + CBA.replace("CBA", "FUND").replace("T2", "T3"))
    body = await assessed(client, id)
    present = body["present"]
    weights = np.array([4100, 1470, 200]) / 5770
    assert [w["weight"] for w in body["holdings"]] == pytest.approx(weights.tolist())
    # FUND, which began late, is stood in for by the others: (4100 x 1 + 1470 x 1.5) / 5570, a little less at the end.
    assert present["beta"] == pytest.approx((4100 + 1470 * 1.5) / 5570, abs=0.03)
    assert present["benchmark"] == "S&P/ASX 200 Accumulation"
    assert present["volatility"] == pytest.approx(0.008 * np.sqrt(252) * 1.13, rel=0.1)
    assert [tail["level"] for tail in present["tails"]] == [0.95, 0.99]
    at_95 = present["tails"][0]
    assert at_95["value_at_risk"] == pytest.approx(1.645 * 0.008 * 1.13, rel=0.15)
    assert at_95["test"]["expected"] == pytest.approx(0.05 * at_95["test"]["sessions"])
    assert at_95["test"]["p_frequency"] > 0.01
    assert present["drawdown"]["depth"] < 0
    assert body["little_history"] == [{"code": "FUND.AX", "sessions": 49, "weight": pytest.approx(200 / 5770)}]
    matrix = body["correlations"]["matrix"]
    assert body["correlations"]["codes"] == ["BHP.AX", "CBA.AX", "FUND.AX"]
    assert matrix[0][1] == pytest.approx(1.0, abs=0.02)
    assert matrix[0][2] is None
    assert body["not_looked_through"]["funds"] == [{"code": "FUND.AX", "name": "VANGUARD AUSTRALIAN SHARES INDEX ETF"}]
    assert body["sectors"][0] == {"name": "Materials", "weight": pytest.approx(4100 / 5770)}
    assert body["currencies"] == [{"name": "AUD", "weight": pytest.approx(1.0)}]
    assert body["concentration"]["herfindahl"] == pytest.approx(float(weights @ weights))


async def test_too_little_history_says_so_instead_of_a_figure(client: AsyncClient) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP)
    body = await assessed(client, id)
    for series in (body["present"], body["actual"]):
        assert (series["volatility"], series["tails"]) == (None, [])
        assert series["reason"] == "7 returns are too few; 20 are needed"
    assert body["little_history"] == [{"code": "BHP.AX", "sessions": 7, "weight": 1.0}]


@pytest.mark.parametrize(
    ("lines", "present", "actual"),
    [
        ("", "no session", "no lines of shares yet"),
        (BHP.replace("BHP,", "NEWCO,"), "no session", "held since the latest session only"),
        (BHP.replace("2024-12-17", "2024-12-30"), "7 returns", "held since the latest session only"),
    ],
)
async def test_nothing_held_or_priced_is_nothing_said(
    client: AsyncClient, lines: str, present: str, actual: str
) -> None:
    id = await made(client)
    if lines:
        await upload(client, id, HEAD + lines)
    body = await assessed(client, id)
    assert (present in body["present"]["reason"], actual in body["actual"]["reason"]) == (True, True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("ISHARES CORE S&P/ASX 200 ETF", True), ("BHP GROUP LIMITED", False), (None, False), ("BETFAIR LTD", False)],
)
def test_a_fund_is_known_by_its_name(name: str | None, *, expected: bool) -> None:
    assert is_fund(name) is expected
