"""Real parts for every test: one PostgreSQL server and database a run, found empty by each test."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from httpx2 import ASGITransport, AsyncClient
from psycopg import conninfo, sql

from asxos.api import create_app
from asxos.bootstrap import System
from asxos.core.compute import Compute
from asxos.core.db import Database, make_pool
from asxos.core.migrate import migrate
from asxos.core.postgres.server import EmbeddedPostgres
from tests.clusters import clustered
from tests.published import fill_new, opened

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# Emptying takes milliseconds where cloning a database takes a second. Append-only triggers are for users, not for us.
_EMPTY = """
DO $$
DECLARE found record; has_rows boolean;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;
  FOR found IN SELECT c.oid::regclass AS name, shipped.name IS NULL AS is_a_tests_own FROM pg_class c
    LEFT JOIN shipped_tables shipped ON shipped.name = c.relname
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
      AND c.relname NOT IN ('migrations', 'shipped_tables')
  LOOP
    IF found.is_a_tests_own THEN
      EXECUTE format('DROP TABLE %s CASCADE', found.name);
    ELSE
      EXECUTE format('SELECT EXISTS (SELECT FROM %s)', found.name) INTO has_rows;
      IF has_rows THEN EXECUTE format('TRUNCATE %s RESTART IDENTITY CASCADE', found.name); END IF;
    END IF;
  END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real ASX data beside the checkout; the test skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the shared folder of real ASX data beside the checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL server of this test process: embedded, or the one ASXOS_TEST_DATABASE_URL names."""
    if url := os.environ.get("ASXOS_TEST_DATABASE_URL"):
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="asxos-tests-", ignore_cleanup_errors=True) as home:
        server = EmbeddedPostgres(Path(home), linger=0.0)
        url = server.open()
        _hurry(url)
        yield url
        server.close(wait=20)


@pytest.fixture(scope="session")
def migrated_url(server_url: str) -> Iterator[str]:
    """A migrated database of this test process."""
    with _database(server_url) as url:
        asyncio.run(migrate(url))
        with psycopg.connect(url, autocommit=True) as fresh:
            fresh.execute("CREATE TABLE shipped_tables AS SELECT relname AS name FROM pg_class WHERE relkind = 'r'")
        yield url


@pytest.fixture
def database_url(migrated_url: str) -> Iterator[str]:
    """The test process's database, empty; emptied again afterwards."""
    yield migrated_url
    with psycopg.connect(migrated_url, autocommit=True) as connection:
        connection.execute(_EMPTY)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    database = Database(make_pool(database_url, max_size=5))
    await database.open()
    yield database
    await database.close()


@pytest.fixture(scope="session")
def published_url(server_url: str) -> Iterator[str]:
    """A database with published rankings of a simulated market; to be read only."""
    with _database(server_url) as url:
        fill_new(url)
        yield url


@pytest.fixture
async def system(published_url: str) -> AsyncIterator[System]:
    """The system over the published rankings; to be read only."""
    async with opened(published_url) as system:
        yield system


@pytest.fixture
async def client(system: System) -> AsyncIterator[AsyncClient]:
    """The HTTP API as a browser meets it, its event feed running."""
    app = create_app(system)
    async with system.feed.running(), AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture(scope="session")
def cluster() -> Iterator[Compute]:
    """A Dask cluster of two worker processes; one that is killed comes back."""
    with clustered(2) as compute:
        yield compute


@contextmanager
def _database(server_url: str) -> Generator[str, None, None]:
    """A new, empty database."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield conninfo.make_conninfo(server_url, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _hurry(url: str) -> None:
    """This server's data is thrown away; the tests of durability start servers of their own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("SELECT pg_reload_conf()")
