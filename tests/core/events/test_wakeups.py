"""Wake-ups: one after the commit, none after a rollback, none lost to a pool that closed."""

import asyncio

import psycopg
import pytest

from asxos.core.db import Database, make_pool
from asxos.core.events.event_bus import EventBus
from asxos.core.events.wakeups import ENGINE_CHANNEL, EVENTS_CHANNEL, Wakeups
from tests.core.events.conftest import portfolio_changed


async def publish_and_fail(db: Database, bus: EventBus) -> None:
    async with db.transaction():
        await bus.publish(portfolio_changed())
        raise ZeroDivisionError


async def heard(connection: psycopg.AsyncConnection[tuple[object, ...]], seconds: float, most: int = 1) -> list[str]:
    return [note.channel async for note in connection.notifies(timeout=seconds, stop_after=most)]


async def test_many_events_of_one_commit_wake_feeds_and_workers_once(
    database_url: str, db: Database, bus: EventBus
) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as listener:
        await listener.execute(f"LISTEN {EVENTS_CHANNEL}")
        await listener.execute(f"LISTEN {ENGINE_CHANNEL}")
        async with db.transaction():
            for i in range(3):
                await bus.publish(portfolio_changed(i))
        assert sorted(await heard(listener, 2, most=2)) == sorted([ENGINE_CHANNEL, EVENTS_CHANNEL])
        assert await heard(listener, 0.2) == []


async def test_an_open_transaction_wakes_nobody_before_it_commits(
    database_url: str, db: Database, bus: EventBus
) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as listener:
        await listener.execute(f"LISTEN {EVENTS_CHANNEL}")
        async with db.transaction():
            await bus.publish(portfolio_changed())
            assert await heard(listener, 0.3) == []
        assert await heard(listener, 2) == [EVENTS_CHANNEL]


async def test_a_rollback_wakes_nobody(database_url: str, db: Database, bus: EventBus) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as listener:
        await listener.execute(f"LISTEN {EVENTS_CHANNEL}")
        with pytest.raises(ZeroDivisionError):
            await publish_and_fail(db, bus)
        assert await heard(listener, 0.3) == []


async def test_a_wake_up_that_finds_the_database_closed_is_dropped_quietly(database_url: str) -> None:
    closed = Database(make_pool(database_url))
    await closed.open()
    await closed.close()
    wakeups = Wakeups(closed)
    wakeups.after("1")
    await asyncio.sleep(0.1)
    assert [t for t in asyncio.all_tasks() if "settle" in repr(t)] == []
