"""SQL for sources and runs of ingest, and the lock that lets one run at a time."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from asxos.core.db import Database
from asxos.core.errors import Conflict
from asxos.core.repository import BaseRepository
from asxos.features.market.records import Ingest

# One arbitrary number that every asxos process agrees on.
INGEST_LOCK = 7_236_402


class IngestRunning(Conflict):
    """Another ingest writes prices at this moment."""

    def __init__(self) -> None:
        super().__init__("another ingest is running; wait until it ends (`asxos jobs list`)")


class IngestRepository(BaseRepository[Ingest]):
    """`ingests` and `sources`."""

    def __init__(self, db: Database) -> None:
        super().__init__("ingests", Ingest, db)

    @asynccontextmanager
    async def alone(self) -> AsyncGenerator[None, None]:
        """Nobody else ingests meanwhile; the lock goes with its connection, so a killed run leaves none.

        Raises: IngestRunning.
        """
        async with self.db.connection() as connection:
            row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", [INGEST_LOCK])).fetchone()
            if row is None or not row[0]:
                raise IngestRunning
            try:
                yield
            finally:
                await connection.execute("SELECT pg_advisory_unlock(%s)", [INGEST_LOCK])

    async def source_id(self, name: str) -> int:
        """The id of a source, stored at its first use."""
        async with self.db.connection() as connection:
            await connection.execute("INSERT INTO sources (name) VALUES (%s) ON CONFLICT DO NOTHING", [name])
            row = await (await connection.execute("SELECT id FROM sources WHERE name = %s", [name])).fetchone()
        assert row is not None
        return int(row[0])

    async def start(self, source: str, path: str | None, now: datetime) -> int:
        """Begin a run; one that was killed is marked `abandoned`. Call it under the lock."""
        async with self.db.transaction() as connection:
            await connection.execute(
                "UPDATE ingests SET state = 'abandoned', finished_at = %s WHERE state = 'running'", [now]
            )
            return await self.insert({"source": source, "path": path, "started_at": now, "state": "running"})

    async def latest_ended(self) -> int:
        """The number of the latest run that has ended, one way or another; 0 before the first."""
        query = "SELECT coalesce(max(id), 0) FROM ingests WHERE state <> 'running'"
        async with self.db.connection() as connection:
            row = await (await connection.execute(query)).fetchone()
        assert row is not None
        return int(row[0])

    async def was_interrupted(self, id: int) -> bool:
        """Whether the run before this one did not end well."""
        query = "SELECT state <> 'done' FROM ingests WHERE id < %s ORDER BY id DESC LIMIT 1"
        async with self.db.connection() as connection:
            row = await (await connection.execute(query, [id])).fetchone()
        return bool(row and row[0])

    async def finish(self, id: int, now: datetime, counts: dict[str, Any]) -> None:
        """End a run well."""
        await self.update(id, {"state": "done", "finished_at": now, "counts": Jsonb(counts)})

    async def fail(self, id: int, now: datetime, error: str) -> None:
        """End a run that raised."""
        await self.update(id, {"state": "failed", "finished_at": now, "error": error})
