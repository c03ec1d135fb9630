"""Portfolios are revalued after their changes and after prices, once an event, each by its owner."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from httpx2 import AsyncClient

from asxos.bootstrap import System
from asxos.core.events.types import Event, EventType
from asxos.core.owners import LOCAL
from asxos.features.market.services import IngestService, MarketService
from asxos.features.portfolio.events import PortfolioHandlers
from asxos.features.portfolio.repositories import UnknownPortfolio, ValuationRepository
from asxos.features.portfolio.services import REVALUE_PORTFOLIOS, LedgerService, ValuationService
from asxos.features.signals.records import Signal
from asxos.features.signals.repositories import SignalRepository
from tests.features.market.conftest import Frames
from tests.features.market.test_ingest import on
from tests.features.portfolio.conftest import DAYS
from tests.features.portfolio.test_importing import BHP, CBA, HEAD, bring_in
from tests.features.portfolio.test_routes import made, upload


async def delivered(system: System) -> None:
    """Hand every event that waits to its durable subscribers, and run the jobs they deferred."""
    async with system.db.connection() as connection:
        cursor = await connection.execute(
            "DELETE FROM pgqueuer WHERE entrypoint = 'deliver_event' RETURNING id, convert_from(payload, 'UTF8')::json"
        )
        waiting = await cursor.fetchall()
    for queue_id, what in sorted(waiting):
        assert await system.event_bus.deliveries.deliver(queue_id, what["event_id"], what["subscriber"]) is None
    for job in await system.jobs.list_jobs():
        if job.name == REVALUE_PORTFOLIOS and not job.state.is_final:
            assert await system.jobs.execute(job.id) is None


async def test_a_change_is_revalued_and_re_scored_once(client: AsyncClient, system: System) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP + CBA + BHP.replace("BHP,", "NEWCO,").replace("T1", "T4"))
    assert (await client.get(f"/portfolios/{id}/valuations")).json() == []
    await delivered(system)
    (kept,) = (await client.get(f"/portfolios/{id}/valuations")).json()
    assert (kept["session_date"], kept["value"], kept["cost_base"]) == ("2024-12-30", "5570.00", "9528.50")
    assert (kept["gain"], kept["income"], kept["cash"], kept["holdings"], kept["unpriced"]) == (
        "51.00", "0.00", None, 3, 1,
    )  # fmt: skip
    # 4,100 of BHP at 0.57 and 1,470 of CBA at 0.55.
    assert kept["confidence"] == pytest.approx((4100 * 0.57 + 1470 * 0.55) / 5570)
    assert kept["ml_prob"] == pytest.approx((4100 * 0.57 + 1470 * 0.45) / 5570)
    (event,) = await system.event_bus.get_history(EventType.PORTFOLIO_CHANGED)
    # when it is delivered again, then the same row stands
    await handlers(system).handle_portfolio_changed(event)
    assert (await client.get(f"/portfolios/{id}/valuations")).json() == [kept]
    (stored,) = await ValuationRepository(system.db).of_portfolio(LOCAL, id, None, None)
    assert stored.event_id == event.id


async def test_new_prices_add_a_row_for_everybody(client: AsyncClient, system: System) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP)
    await bring_in(system, HEAD + CBA, owner="somebody")
    await delivered(system)
    system.clock.instant = datetime(2024, 12, 31, 9, tzinfo=UTC)  # pyright: ignore[reportAttributeAccessIssue] - a FixedClock
    later = DAYS[-1].replace(day=31)
    await system.service(IngestService).ingest(Frames([on([later], [42.0]), on([later], [150.0], "CBA.AX")]))
    await delivered(system)
    assert [(v["session_date"], v["value"]) for v in (await client.get(f"/portfolios/{id}/valuations")).json()] == [
        ("2024-12-30", "4100.00"),
        ("2024-12-31", "4200.00"),
    ]
    since = await client.get(f"/portfolios/{id}/valuations", params={"from": "2024-12-31"})
    assert [v["value"] for v in since.json()] == ["4200.00"]
    theirs = await system.service(LedgerService).named("somebody", "Main")
    valuations = system.service(ValuationService)
    assert [v.value for v in await valuations.past("somebody", theirs.id)] == [Decimal(1470), Decimal(1500)]
    with pytest.raises(UnknownPortfolio):
        await valuations.past(LOCAL, theirs.id)
    assert await ValuationRepository(system.db).of_portfolio(LOCAL, theirs.id, None, None) == []


async def test_only_the_latest_ranking_of_the_ensemble_re_scores(client: AsyncClient, system: System) -> None:
    id = await made(client)
    await upload(client, id, HEAD + BHP)
    await delivered(system)
    (bhp,) = [s.id for s in (await system.service(MarketService).directory()).values() if s.symbol == "BHP.AX"]
    ranking = [Signal(bhp, "BHP.AX", 1, 0.9, 0.7, 0.02, "STRONG_BUY", 0.7, -0.1, 0.12)]
    await SignalRepository(system.db).persist_signals(ranking, "ensemble", DAYS[-1], system.clock.now())
    for model, as_of in (("model_a", DAYS[-1]), ("ensemble", DAYS[0])):
        await announced(system, model, as_of.isoformat())
        await delivered(system)
        (kept,) = (await client.get(f"/portfolios/{id}/valuations")).json()
        assert kept["confidence"] == pytest.approx(0.57)
    await announced(system, "ensemble", DAYS[-1].isoformat())
    await delivered(system)
    (kept,) = (await client.get(f"/portfolios/{id}/valuations")).json()
    assert (kept["confidence"], kept["ml_prob"]) == (pytest.approx(0.7), pytest.approx(0.7))


async def test_what_is_gone_or_has_no_prices_has_no_value(client: AsyncClient, system: System) -> None:
    id = await made(client)
    assert (await client.delete(f"/portfolios/{id}")).status_code == 204
    await delivered(system)
    valuations = system.service(ValuationService)
    assert await valuations.revalue(LOCAL, id, None) is None
    async with system.db.connection() as connection:
        await connection.execute("DELETE FROM quotes")
    second = await made(client, name="Second")
    assert await valuations.revalue(LOCAL, second, None) is None
    assert (await system.jobs.run_now(REVALUE_PORTFOLIOS)).result == {"portfolios": 1}


def handlers(system: System) -> PortfolioHandlers:
    return PortfolioHandlers(system.service(ValuationService), system.jobs)


async def announced(system: System, model: str, as_of: str) -> None:
    payload = {"model": model, "as_of": as_of, "count": 1}
    async with system.db.transaction():
        await system.event_bus.publish(Event(type=EventType.SIGNAL_GENERATED, payload=payload, source="tests"))
