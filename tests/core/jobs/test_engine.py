"""The engine: its tables as its own installer writes them, its way to the database, what it keeps."""

import asyncio
import re
from datetime import timedelta
from importlib.resources import files

import asyncpg
import pytest
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.domain.settings import db_settings

from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.wakeups import ENGINE_CHANNEL
from asxos.core.jobs.engine import Engine, asyncpg_url, prune_engine_log
from asxos.core.jobs.queue import JobQueue
from asxos.core.jobs.retry import LONGEST, backoff


def test_the_migration_makes_the_engines_tables_as_its_installer_does() -> None:
    # given the installer's statements, but for the trigger that notifies inside the writer's transaction
    installer = QueryBuilderEnvironment().build_install_query().split("CREATE FUNCTION")[0]
    statements = [s.strip() for s in re.sub(r"--.*", "", installer).split(";") if s.strip()]
    migration = (files("asxos.migrations") / "0002_events_and_jobs.sql").read_text("utf-8")
    # then the migration has each of them, word for word
    assert len(statements) == 18
    assert [s for s in statements if s not in migration] == []


def test_wake_ups_go_to_the_channel_the_engine_listens_on() -> None:
    assert db_settings().channel == ENGINE_CHANNEL


@pytest.mark.parametrize(
    "conninfo", ["host='/tmp/a b' port=5433 dbname=x user=me", "postgresql://me@/x?host=/tmp/a%20b&port=5433"]
)
def test_both_forms_of_a_connection_string_reach_asyncpg(conninfo: str) -> None:
    url = asyncpg_url(conninfo)
    assert url.startswith("postgresql://?")
    assert set(url.removeprefix("postgresql://?").split("&")) == {
        "host=%2Ftmp%2Fa+b",
        "port=5433",
        "dbname=x",
        "user=me",
    }


async def test_asyncpg_connects_where_psycopg_does(database_url: str) -> None:
    connection = await asyncpg.connect(asyncpg_url(database_url))
    assert await connection.fetchval("SELECT current_database()") in database_url
    await connection.close()


def test_pauses_grow_to_five_minutes() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 4, 5, 9)] == [1, 4, 16, 64, 256, 300]
    assert timedelta(minutes=5) == LONGEST


async def test_the_engines_log_is_kept_for_two_days(db: Database) -> None:
    async with db.connection() as connection:
        await connection.execute(
            "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, created)"
            " SELECT n, 'picked', 0, 'x', now() - n * interval '1 day' FROM generate_series(1, 4) n"
        )
        await prune_engine_log(db)
        rows = await (await connection.execute("SELECT job_id FROM pgqueuer_log ORDER BY 1")).fetchall()
    assert rows == [(1,)]


async def test_an_engine_waits_for_a_server_that_is_not_there_yet(bus: EventBus, jobs: JobQueue) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(Engine("host=/nonexistent", jobs, bus.deliveries).run(stop))
    await asyncio.sleep(0.1)
    assert not running.done()
    stop.set()
    await asyncio.wait_for(running, 2)
