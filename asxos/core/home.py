"""Which database this machine uses: an external one by URL, else the embedded server's, real and simulated apart."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from asxos.core.migrate import MIGRATION_LOCK
from asxos.core.postgres.server import EmbeddedPostgres
from asxos.core.settings import Settings

SIMULATED_DATABASE = "asxos_simulated"


@contextmanager
def database(settings: Settings, *, simulated: bool | None = None) -> Generator[str, None, None]:
    """The address of the database to use; the embedded server runs while inside.

    Real and simulated prices never share a database. `simulated` chooses one and is remembered under the home;
    None takes the one chosen last. An external database is the caller's own choice, so there is one only.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.home) as url:
        yield _simulated(url) if _choose(settings.home, simulated) else url


def market_used_last(home: Path) -> bool | None:
    """Whether the market used last under this home was the simulated one; None when none was."""
    remembered = home / "market"
    return remembered.read_text().strip() == "simulated" if remembered.is_file() else None


def _choose(home: Path, simulated: bool | None) -> bool:
    if simulated is None:
        return bool(market_used_last(home))
    (home / "market").write_text("simulated\n" if simulated else "real\n")
    return simulated


def _simulated(url: str) -> str:
    """The second database beside the first, made by whoever comes first."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        stands = connection.execute("SELECT FROM pg_database WHERE datname = %s", [SIMULATED_DATABASE]).fetchone()
        if stands is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(SIMULATED_DATABASE)))
    return conninfo.make_conninfo(url, dbname=SIMULATED_DATABASE)
