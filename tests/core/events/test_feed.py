"""The feed: every committed event, once, in order, to what lives in this process."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.feed import EventFeed
from asxos.core.events.stream import EventQueue, Gap
from asxos.core.events.types import Event, EventType
from tests.core.events.conftest import portfolio_changed, published


@pytest.fixture
async def feed(database_url: str, db: Database, bus: EventBus) -> AsyncIterator[EventFeed]:
    made = EventFeed(database_url, db, bus)
    async with made.running():
        yield made


async def take(queue: EventQueue, count: int) -> list[int | Gap]:
    """The portfolio ids of the next `count` items."""
    async with asyncio.timeout(5):
        items = [await queue.get() for _ in range(count)]
    return [item if isinstance(item, Gap) else item.payload["portfolio_id"] for item in items]


async def test_listeners_get_the_types_they_asked_for_in_order(db: Database, bus: EventBus, feed: EventFeed) -> None:
    async with feed.listen([EventType.PORTFOLIO_CHANGED]) as queue, feed.listen([EventType.NEWS_INGESTED]) as other:
        await published(db, bus, portfolio_changed(1), portfolio_changed(2))
        await published(db, bus, portfolio_changed(3))
        assert await take(queue, 3) == [1, 2, 3]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(other.get(), 0.05)


async def test_a_commit_wakes_the_feed_well_before_its_poll(db: Database, bus: EventBus, feed: EventFeed) -> None:
    loop = asyncio.get_running_loop()
    async with feed.listen() as queue:
        begun = loop.time()
        for i in range(5):
            await published(db, bus, portfolio_changed(i))
            await take(queue, 1)
        # five polls would need five seconds
        assert loop.time() - begun < 2


async def test_an_event_committed_late_is_not_skipped(db: Database, bus: EventBus, feed: EventFeed) -> None:
    # given a transaction that publishes first and stays open
    published_first, may_commit = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with db.transaction():
            await bus.publish(portfolio_changed(1))
            published_first.set()
            await may_commit.wait()

    async with feed.listen() as queue:
        task = asyncio.create_task(slow())
        await published_first.wait()
        # when another publishes after it and commits before it
        await published(db, bus, portfolio_changed(2))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(queue.get(), 1.2)
        may_commit.set()
        await task
        # then both arrive, in the order of their transactions
        assert await take(queue, 2) == [1, 2]


async def test_a_slow_listener_is_told_how_much_it_missed(db: Database, bus: EventBus, feed: EventFeed) -> None:
    async with feed.listen(capacity=2) as slow, feed.listen() as quick:
        await published(db, bus, *(portfolio_changed(i) for i in range(5)))
        assert await take(quick, 5) == [0, 1, 2, 3, 4]
        assert await take(slow, 3) == [0, 1, Gap(missed=3)]
        await published(db, bus, portfolio_changed(9))
        assert await take(slow, 1) == [9]


async def test_a_listener_resumes_behind_the_last_event_it_saw(db: Database, bus: EventBus, feed: EventFeed) -> None:
    # given a listener that left after the second of four events
    async with feed.listen() as queue:
        await published(db, bus, *(portfolio_changed(i) for i in range(4)))
        await take(queue, 1)
        last = await queue.get()
        await take(queue, 2)
    assert isinstance(last, Event)
    # when it comes back
    async with feed.listen(after=last.id) as queue:
        await published(db, bus, portfolio_changed(4))
        # then it gets the rest once, and goes on
        assert await take(queue, 3) == [2, 3, 4]


async def test_a_listener_too_far_behind_is_told_to_read_afresh(
    db: Database, bus: EventBus, feed: EventFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asxos.core.events.feed.MOST_RESUMED", 2)
    async with feed.listen() as queue:
        await published(db, bus, *(portfolio_changed(i) for i in range(4)))
        first = await queue.get()
        await take(queue, 3)
    assert isinstance(first, Event)
    async with feed.listen(after=first.id) as queue:
        assert await take(queue, 1) == [Gap(missed=None)]


async def test_in_process_subscribers_run_before_listeners_and_their_failures_stop_nobody(
    db: Database, bus: EventBus, feed: EventFeed
) -> None:
    heard: list[int] = []

    async def drop_cache(event: Event) -> None:
        heard.append(event.payload["portfolio_id"])

    async def fail(event: Event) -> None:
        raise ValueError("broken")

    bus.subscribe(EventType.PORTFOLIO_CHANGED, fail, durable=False)
    bus.subscribe(EventType.PORTFOLIO_CHANGED, drop_cache, durable=False)
    async with feed.listen() as queue:
        await published(db, bus, portfolio_changed(1))
        assert await take(queue, 1) == [1]
        assert heard == [1]


async def test_the_feed_survives_the_loss_of_its_connection(db: Database, bus: EventBus, feed: EventFeed) -> None:
    async with feed.listen() as queue:
        # given that every other connection of this database is cut
        async with db.connection() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        # when an event is published before it is back
        await published(db, bus, portfolio_changed(1))
        # then it arrives
        assert await take(queue, 1) == [1]


async def test_a_feed_entered_twice_runs_until_both_have_left(db: Database, bus: EventBus, feed: EventFeed) -> None:
    async with feed.running():
        ...
    async with feed.listen() as queue:
        await published(db, bus, portfolio_changed(1))
        assert await take(queue, 1) == [1]


async def test_a_type_of_a_newer_version_is_passed_over(db: Database, bus: EventBus, feed: EventFeed) -> None:
    async with feed.listen() as queue:
        async with db.transaction() as connection:
            await connection.execute(
                "INSERT INTO events (type, payload, source, occurred_at) VALUES ('moon.landed', '{}', 'tests', now())"
            )
            await bus.publish(portfolio_changed(1))
        assert await take(queue, 1) == [1]
    assert [event.payload["portfolio_id"] for event in await bus.get_history()] == [1]
