import asyncio
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import AsyncConnection, conninfo, sql

from asxos.core.migrate import (
    Migration,
    MigrationChanged,
    MigrationMissing,
    migrate,
    pending_migrations,
    shipped_migrations,
)

FIRST = Migration("0001_a.sql", "CREATE TABLE a (n int)")
SECOND = Migration("0002_b.sql", "CREATE TABLE b (n int); INSERT INTO b VALUES (1)")


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    name = f"empty_{uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield conninfo.make_conninfo(server_url, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def test_each_migration_is_applied_once_and_in_order(empty_url: str) -> None:
    assert await migrate(empty_url, [FIRST]) == ["0001_a.sql"]
    assert await migrate(empty_url, [FIRST, SECOND]) == ["0002_b.sql"]
    assert await migrate(empty_url, [FIRST, SECOND]) == []


async def test_racing_processes_apply_each_migration_once(empty_url: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_url, [FIRST, SECOND]) for _ in range(4)))
    assert sorted(name for names in applied for name in names) == ["0001_a.sql", "0002_b.sql"]


async def test_an_edited_migration_is_refused(empty_url: str) -> None:
    await migrate(empty_url, [FIRST])
    with pytest.raises(MigrationChanged, match=r"0001_a\.sql"):
        await migrate(empty_url, [Migration("0001_a.sql", "CREATE TABLE a (n bigint)")])


async def test_a_database_of_a_newer_version_is_refused(empty_url: str) -> None:
    await migrate(empty_url, [FIRST, SECOND])
    with pytest.raises(MigrationMissing, match=r"0002_b\.sql"):
        await migrate(empty_url, [FIRST])


async def test_a_failing_migration_leaves_nothing_half_done(empty_url: str) -> None:
    broken = Migration("0002_b.sql", "CREATE TABLE b (n int); SELECT 1/0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        await migrate(empty_url, [FIRST, broken])
    assert await migrate(empty_url, [FIRST, SECOND]) == ["0002_b.sql"]


async def test_the_shipped_migrations_bring_an_empty_database_up_to_date(empty_url: str) -> None:
    await migrate(empty_url)
    async with await AsyncConnection.connect(empty_url, autocommit=True) as connection:
        assert await pending_migrations(connection, shipped_migrations()) == []
