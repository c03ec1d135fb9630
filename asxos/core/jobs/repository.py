"""SQL for the jobs table; no rules, no events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from asxos.core.db import Database
from asxos.core.jobs.errors import NoSuchJob
from asxos.core.jobs.records import Job, JobState
from asxos.core.repository import BaseRepository

# One round trip in the caller's transaction: the job people see, and its turn in the engine's queue (pgqueuer, whose
# tables are frozen in our migration, so its Python `enqueue` is not needed).
_DEFER: LiteralString = """
WITH job AS (
  INSERT INTO jobs (name, key, args, run_at, correlation_id)
  VALUES (%(name)s, %(key)s, %(args)s, coalesce(%(run_at)s, now()), %(correlation_id)s)
  ON CONFLICT (key) DO NOTHING
  RETURNING id, run_at
), queued AS (
  INSERT INTO pgqueuer (priority, entrypoint, status, execute_after, payload)
  SELECT 0, %(name)s, 'queued', run_at, convert_to(json_build_object('job_id', id)::text, 'UTF8') FROM job
)
SELECT id, pg_current_xact_id()::text FROM job
"""

_BEGIN: LiteralString = """
UPDATE {table} SET state = 'running', attempts = attempts + 1, started_at = now(), finished_at = NULL,
  step = NULL, detail = NULL, progress = 0
WHERE id = %s AND state NOT IN ('done', 'dead') RETURNING *
"""

_FINISH: LiteralString = """
UPDATE {table} SET state = %s, error = %s, result = %s, finished_at = now(),
  progress = CASE WHEN %s = 'done' THEN 1 ELSE progress END
WHERE id = %s RETURNING *
"""

_RELEASE: LiteralString = """
UPDATE {table} SET state = 'waiting', attempts = attempts - 1, started_at = NULL
WHERE id = %s AND state = 'running' RETURNING *
"""

_REVIVE: LiteralString = """
WITH revived AS (
  UPDATE {table} SET state = 'waiting', attempts = 0, run_at = now() WHERE id = %s AND state = 'dead' RETURNING *
), queued AS (
  INSERT INTO pgqueuer (priority, entrypoint, status, payload)
  SELECT 0, name, 'queued', convert_to(json_build_object('job_id', id)::text, 'UTF8') FROM revived
)
SELECT * FROM revived
"""


class JobRepository(BaseRepository[Job]):
    def __init__(self, db: Database) -> None:
        super().__init__("jobs", Job, db)

    async def defer(
        self, name: str, key: str | None, args: Mapping[str, Any], run_at: datetime | None, correlation_id: str | None
    ) -> tuple[int, str] | None:
        """Queue a job; returns its id and the transaction's, or None when the key stood already."""
        values = {"name": name, "key": key, "args": Jsonb(args), "run_at": run_at, "correlation_id": correlation_id}
        async with self.db.connection() as connection:
            return await (await connection.execute(_DEFER, values)).fetchone()

    async def get(self, id: int) -> Job:
        """Raises: NoSuchJob."""
        if (job := await self.find_by_id(id)) is None:
            raise NoSuchJob(id)
        return job

    async def find_by_key(self, key: str) -> Job | None:
        return await self._one("SELECT * FROM {table} WHERE key = %s", [key])

    async def list_latest(self, limit: int, offset: int, state: JobState | None) -> list[Job]:
        """A page of jobs, latest first."""
        return await self._all(
            "SELECT * FROM {table} WHERE (%s::text IS NULL OR state = %s) ORDER BY id DESC LIMIT %s OFFSET %s",
            [state, state, limit, offset],
        )

    async def begin(self, id: int) -> Job | None:
        """Start an attempt; None when the job has ended already."""
        return await self._one(_BEGIN, [id])

    async def finish(
        self, id: int, state: JobState, *, error: str | None = None, result: Mapping[str, Any] | None = None
    ) -> Job:
        """Write an attempt's end down."""
        job = await self._one(_FINISH, [state, error, None if result is None else Jsonb(result), state, id])
        assert job is not None
        return job

    async def release(self, id: int) -> None:
        """An attempt was broken off through no fault of its own: it does not count."""
        await self._one(_RELEASE, [id])

    async def revive(self, id: int) -> None:
        """Queue a dead job again, with all its attempts; no effect on any other."""
        await self._one(_REVIVE, [id])
