import asyncio

import pytest

from asxos.core.db import Database, DatabaseUnavailable, make_pool
from asxos.core.errors import TransactionRequired, TransactionShared


async def _count(db: Database) -> int:
    async with db.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM t")).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
async def table(db: Database) -> Database:
    async with db.connection() as connection:
        await connection.execute("CREATE TABLE t (n int)")
    return db


async def test_a_nested_transaction_joins_the_outer_one(table: Database) -> None:
    async with table.transaction() as outer, table.transaction() as inner, table.connection() as read:
        assert outer is inner is read


async def test_an_error_undoes_everything_joined(table: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with table.transaction():
            async with table.transaction() as connection:
                await connection.execute("INSERT INTO t VALUES (1)")
            raise ZeroDivisionError
    assert await _count(table) == 0


async def test_what_a_transaction_wrote_is_there_after_it(table: Database) -> None:
    async with table.transaction() as connection:
        await connection.execute("INSERT INTO t VALUES (1)")
    assert await _count(table) == 1


async def test_a_child_task_may_not_use_its_parents_transaction(table: Database) -> None:
    async with table.transaction():
        with pytest.raises(TransactionShared):
            await asyncio.create_task(_count(table))


async def test_a_child_task_may_open_a_transaction_of_its_own(table: Database) -> None:
    async def child() -> None:
        async with table.transaction() as connection:
            await connection.execute("INSERT INTO t VALUES (1)")

    with pytest.raises(ZeroDivisionError):
        async with table.transaction():
            await asyncio.create_task(child())
            raise ZeroDivisionError
    assert await _count(table) == 1


async def test_joining_needs_a_transaction(table: Database) -> None:
    with pytest.raises(TransactionRequired):
        async with table.joined():
            pass
    async with table.transaction() as connection, table.joined() as joined:
        assert joined is connection


async def test_a_database_that_does_not_answer_is_said_clearly() -> None:
    pool = make_pool("host=127.0.0.1 port=9 dbname=none connect_timeout=1", max_size=2)
    pool.timeout = 0.2
    database = Database(pool)
    with pytest.raises(DatabaseUnavailable, match="does not answer"):
        await database.open(within=0.3)
    with pytest.raises(DatabaseUnavailable):
        async with database.connection():
            pass
    await database.close()
