"""Numbered SQL files, applied forward only, each once, its text remembered by sha256."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from psycopg import AsyncConnection, sql

from asxos.core.db import Connection
from asxos.core.errors import AsxosError

# One arbitrary number that every asxos process agrees on, so that two never migrate at once.
MIGRATION_LOCK = 7_236_401


@dataclass(frozen=True)
class Migration:
    name: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


class MigrationChanged(AsxosError):
    """A migration that is already in the database was edited; it must be restored and a new one added."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"migration {name} differs from the one this database was made with; restore it, add a new one"
        )


class MigrationMissing(AsxosError):
    """The database was migrated by a newer version than this one."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the database has migration {name}, which this version does not know; upgrade asxos")


def shipped_migrations() -> list[Migration]:
    """The migrations of this version, in order."""
    folder: Traversable = files("asxos.migrations")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [Migration(f.name, f.read_text("utf-8")) for f in found]


async def migrate(url: str, migrations: list[Migration] | None = None) -> list[str]:
    """Bring the database up to date; returns the names applied. Racing callers wait for the first.

    Raises: MigrationChanged, MigrationMissing.
    """
    wanted = shipped_migrations() if migrations is None else migrations
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        pending = await pending_migrations(connection, wanted)
        for migration in pending:
            await _apply(connection, migration)
    return [m.name for m in pending]


async def pending_migrations(connection: Connection, wanted: list[Migration]) -> list[Migration]:
    """Those of `wanted` that the database lacks. Raises: MigrationChanged, MigrationMissing."""
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, sha256 text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())"
    )
    cursor = await connection.execute("SELECT name, sha256 FROM migrations ORDER BY name")
    applied: dict[str, str] = dict(await cursor.fetchall())
    known = {m.name: m for m in wanted}
    for name, sha256 in applied.items():
        if name not in known:
            raise MigrationMissing(name)
        if known[name].sha256 != sha256:
            raise MigrationChanged(name)
    return [m for m in wanted if m.name not in applied]


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(sql.SQL(migration.text))  # pyright: ignore[reportArgumentType] # shipped with the code
        await connection.execute(
            "INSERT INTO migrations (name, sha256) VALUES (%s, %s)", [migration.name, migration.sha256]
        )
