"""Real parts for every test: one PostgreSQL server a run, one fresh database a test."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import conninfo, sql

from asxos.core.db import Database, make_pool
from asxos.core.migrate import migrate
from asxos.core.postgres.server import EmbeddedPostgres

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


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
    with tempfile.TemporaryDirectory(prefix="asxos-tests-", ignore_cleanup_errors=True) as home:  # noqa: SIM117
        with EmbeddedPostgres(Path(home), linger=0.0) as url:
            yield url


@pytest.fixture(scope="session")
def template(server_url: str) -> str:
    """The name of a migrated, empty database that tests are cloned from."""
    name = f"template_{uuid4().hex[:12]}"
    _create(server_url, name)
    asyncio.run(migrate(_named(server_url, name)))
    return name


@pytest.fixture
def database_url(server_url: str, template: str) -> Iterator[str]:
    """A database of this test's own."""
    name = f"test_{uuid4().hex[:12]}"
    _create(server_url, name, template)
    yield _named(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    database = Database(make_pool(database_url, max_size=5))
    await database.open()
    yield database
    await database.close()


def _named(url: str, name: str) -> str:
    return conninfo.make_conninfo(url, dbname=name)


def _create(url: str, name: str, template: str = "template1") -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
