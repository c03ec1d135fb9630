"""Durable delivery: effects exactly once, retries, dead letters, replays."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from asxos.core.db import Database
from asxos.core.events.deliveries import MAX_ATTEMPTS
from asxos.core.events.errors import NoDeadLetter, UnknownSubscriber
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import Event, EventType
from asxos.core.jobs.retry import backoff
from asxos.core.logging import current_correlation_id
from tests.core.events.conftest import portfolio_changed, published

CHANGED = EventType.PORTFOLIO_CHANGED


class Ledger:
    """A subscriber that writes each event it is told of into a table."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.is_broken = False
        self.heard_under: list[str | None] = []

    async def create(self) -> "Ledger":
        async with self.db.connection() as connection:
            await connection.execute("CREATE TABLE ledger (portfolio_id int)")
        return self

    async def handle(self, event: Event) -> None:
        async with self.db.transaction() as connection:
            await connection.execute("INSERT INTO ledger VALUES (%s)", [event.payload["portfolio_id"]])
        self.heard_under.append(current_correlation_id())
        if self.is_broken:
            raise ValueError("the ledger is broken")

    async def rows(self) -> list[int]:
        async with self.db.connection() as connection:
            found = await (await connection.execute("SELECT portfolio_id FROM ledger")).fetchall()
        return [row[0] for row in found]


@pytest.fixture
async def ledger(db: Database, bus: EventBus) -> Ledger:
    made = await Ledger(db).create()
    bus.subscribe(CHANGED, made.handle, name="ledger")
    return made


async def pick(db: Database) -> tuple[int, UUID, str]:
    """Take the oldest delivery as the engine would, with its line in the engine's log."""
    async with db.connection() as connection:
        row = await (
            await connection.execute(
                "WITH first AS (SELECT * FROM pgqueuer ORDER BY id LIMIT 1), log AS (INSERT INTO pgqueuer_log"
                " (job_id, status, priority, entrypoint) SELECT id, 'picked', 0, entrypoint FROM first)"
                " SELECT id, convert_from(payload, 'UTF8')::jsonb FROM first"
            )
        ).fetchone()
    assert row is not None
    return row[0], UUID(row[1]["event_id"]), row[1]["subscriber"]


async def test_a_repeated_delivery_changes_nothing_twice(db: Database, bus: EventBus, ledger: Ledger) -> None:
    # given an event whose delivery is picked twice, as after a worker's death
    await published(db, bus, portfolio_changed(7))
    delivery = await pick(db)
    # when both run, even at once
    await asyncio.gather(bus.deliveries.deliver(*delivery), bus.deliveries.deliver(*delivery))
    # then what it did stands once
    assert await ledger.rows() == [7]
    assert await bus.deliveries.deliver(*delivery) is None
    assert await ledger.rows() == [7]


async def test_a_handler_works_under_the_correlation_id_of_what_caused_it(
    db: Database, bus: EventBus, ledger: Ledger
) -> None:
    await published(db, bus, portfolio_changed().model_copy(update={"correlation_id": "request-9"}))
    await bus.deliveries.deliver(*await pick(db))
    assert ledger.heard_under == ["request-9"]


async def test_a_failing_handler_leaves_nothing_and_is_tried_again_with_longer_pauses(
    db: Database, bus: EventBus, ledger: Ledger
) -> None:
    await published(db, bus, portfolio_changed(7))
    ledger.is_broken = True
    pauses = [await bus.deliveries.deliver(*await pick(db)) for _ in range(3)]
    assert pauses == [timedelta(seconds=1), timedelta(seconds=4), timedelta(seconds=16)]
    assert await ledger.rows() == []
    # when it is mended it goes in
    ledger.is_broken = False
    assert await bus.deliveries.deliver(*await pick(db)) is None
    assert await ledger.rows() == [7]


async def test_what_never_succeeds_is_dead_lettered_and_can_be_queued_again(
    db: Database, bus: EventBus, ledger: Ledger
) -> None:
    # given a delivery that failed for the last time
    await published(db, bus, portfolio_changed(7))
    ledger.is_broken = True
    pauses = [await bus.deliveries.deliver(*await pick(db)) for _ in range(MAX_ATTEMPTS)]
    assert pauses[-1] is None
    (letter,) = await bus.deliveries.dead_letters()
    assert (letter.subscriber, letter.attempts, letter.event_type) == ("ledger", MAX_ATTEMPTS, CHANGED)
    assert letter.error == "ValueError: the ledger is broken"
    # when the fault is mended and the letter is queued again
    ledger.is_broken = False
    await empty_queue(db)
    await bus.deliveries.retry_dead(letter.id)
    await bus.deliveries.deliver(*await pick(db))
    # then it goes in, and no dead letter is left
    assert await ledger.rows() == [7]
    assert await bus.deliveries.dead_letters() == []
    with pytest.raises(NoDeadLetter):
        await bus.deliveries.retry_dead(letter.id)


async def test_an_event_that_kills_its_worker_each_time_ends_as_a_dead_letter(
    db: Database, bus: EventBus, ledger: Ledger
) -> None:
    # given a delivery picked, and left without a word, as often as it may be
    await published(db, bus, portfolio_changed(7))
    for _ in range(MAX_ATTEMPTS):
        await pick(db)
    # when it is picked once more
    assert await bus.deliveries.deliver(*await pick(db)) is None
    # then it is not tried, but put aside
    (letter,) = await bus.deliveries.dead_letters()
    assert letter.error == f"WorkerDied: the worker died in each of {MAX_ATTEMPTS} attempts"
    assert await ledger.rows() == []


async def test_a_delivery_to_a_subscriber_that_is_gone_is_not_lost(db: Database, bus: EventBus, ledger: Ledger) -> None:
    await published(db, bus, portfolio_changed(7))
    newer = EventBus(db)
    assert await newer.deliveries.deliver(*await pick(db)) == backoff(1)
    assert await bus.deliveries.deliver(*await pick(db)) is None
    assert await ledger.rows() == [7]


async def test_events_of_a_time_can_be_replayed_to_one_subscriber(db: Database, bus: EventBus, ledger: Ledger) -> None:
    # given one delivered event
    before = datetime.now(UTC)
    await published(db, bus, portfolio_changed(7))
    await bus.deliveries.deliver(*await pick(db))
    await empty_queue(db)
    # when that time is replayed
    assert await bus.deliveries.replay(CHANGED, "ledger", before) == 1
    await bus.deliveries.deliver(*await pick(db))
    # then the subscriber hears it again; a time without events replays nothing
    assert await ledger.rows() == [7, 7]
    assert await bus.deliveries.replay(CHANGED, "ledger", before - timedelta(days=1), until=before) == 0
    with pytest.raises(UnknownSubscriber):
        await bus.deliveries.replay(CHANGED, "nobody", before)


async def empty_queue(db: Database) -> None:
    async with db.connection() as connection:
        await connection.execute("DELETE FROM pgqueuer")
