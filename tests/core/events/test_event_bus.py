"""Publishing: one transaction with the change, checked payloads, a history to read."""

import pytest
from psycopg.errors import RestrictViolation

from asxos.core.db import Database
from asxos.core.errors import TransactionRequired
from asxos.core.events.errors import DuplicateSubscriber, InvalidPayload
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import PAYLOADS, Event, EventType
from asxos.core.logging import correlated
from tests.core.events.conftest import portfolio_changed, published


async def handle(event: Event) -> None: ...


async def queued(db: Database) -> int:
    async with db.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM pgqueuer")).fetchone()
    assert row is not None
    return int(row[0])


async def test_a_published_event_is_in_the_history_with_everything_it_said(db: Database, bus: EventBus) -> None:
    # given an event published under a correlation id
    with correlated("request-7"):
        await published(db, bus, portfolio_changed(3, "sale"))
    # when the history is read
    (event,) = await bus.get_history(EventType.PORTFOLIO_CHANGED)
    # then it is that event, with an id given by the database
    assert (event.payload, event.source, event.correlation_id) == (
        {"portfolio_id": 3, "reason": "sale"},
        "tests",
        "request-7",
    )
    assert event.id is not None
    assert event.id.version == 7


async def test_an_event_and_its_deliveries_vanish_with_the_change_that_is_rolled_back(
    db: Database, bus: EventBus
) -> None:
    # given a durable subscriber, and a transaction that changes something, announces it and fails
    bus.subscribe(EventType.PORTFOLIO_CHANGED, handle)

    async def change_and_fail() -> None:
        async with db.transaction() as connection:
            await connection.execute("CREATE TABLE change (id int)")
            await bus.publish(portfolio_changed())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_and_fail()
    # then neither change, nor event, nor delivery is there
    async with db.connection() as connection:
        row = await (await connection.execute("SELECT to_regclass('change')")).fetchone()
    assert row == (None,)
    assert await bus.get_history() == []
    assert await queued(db) == 0


async def test_publishing_queues_one_delivery_for_each_durable_subscriber(db: Database, bus: EventBus) -> None:
    bus.subscribe(EventType.PORTFOLIO_CHANGED, handle, name="a")
    bus.subscribe(EventType.PORTFOLIO_CHANGED, handle, name="b")
    bus.subscribe(EventType.PORTFOLIO_CHANGED, handle, name="cache", durable=False)
    bus.subscribe(EventType.JOB_COMPLETED, handle)
    await published(db, bus, portfolio_changed())
    assert await queued(db) == 2


async def test_publishing_outside_a_transaction_is_refused(bus: EventBus) -> None:
    with pytest.raises(TransactionRequired):
        await bus.publish(portfolio_changed())


async def test_a_payload_that_does_not_fit_its_type_is_refused_by_field(db: Database, bus: EventBus) -> None:
    wrong = Event(type=EventType.PORTFOLIO_CHANGED, payload={"portfolio_id": "x", "reason": "r"}, source="tests")
    with pytest.raises(InvalidPayload, match=r"portfolio\.changed.*portfolio_id"):
        await published(db, bus, wrong)
    assert await bus.get_history() == []


async def test_two_subscribers_of_a_type_may_not_share_a_name(bus: EventBus) -> None:
    assert bus.subscribe(EventType.PORTFOLIO_CHANGED, handle) is handle
    with pytest.raises(DuplicateSubscriber, match="handle"):
        bus.subscribe(EventType.PORTFOLIO_CHANGED, handle)


async def test_the_history_is_paged_newest_first(db: Database, bus: EventBus) -> None:
    await published(db, bus, *(portfolio_changed(i) for i in range(5)))
    first = await bus.get_history(limit=2)
    second = await bus.get_history(limit=2, before=first[-1].id)
    assert [e.payload["portfolio_id"] for e in [*first, *second]] == [4, 3, 2, 1]
    assert await bus.get_history(EventType.NEWS_INGESTED) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE events SET source = 'x'", "DELETE FROM events", "TRUNCATE events CASCADE"]
)
async def test_the_event_log_cannot_be_rewritten(db: Database, statement: str) -> None:
    async with db.connection() as connection:
        with pytest.raises(RestrictViolation, match="append-only"):
            await connection.execute(statement.encode())


def test_every_event_type_says_what_it_carries() -> None:
    assert set(PAYLOADS) == set(EventType)
