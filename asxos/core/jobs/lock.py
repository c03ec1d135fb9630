"""One job, one runner: an advisory lock that the server takes back when its holder dies."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from psycopg import OperationalError

from asxos.core.db import Connection, Database

# The first half of the key sets jobs apart from every other use of advisory locks.
_SPACE = 7_236_402


@asynccontextmanager
async def job_lock(db: Database, job_id: int) -> AsyncGenerator[Connection | None, None]:
    """The connection that holds the lock of this job, or None when another runner holds it.

    The engine's heartbeat may be late (a process that swaps, a long pause of the interpreter) and then it hands a job
    to a second worker; and `run_now` may meet a worker. The lock lives as long as its session: no timeout to guess.
    """
    async with db.connection() as connection:
        row = await (
            await connection.execute("SELECT pg_try_advisory_lock(%s, (%s %% 2147483647)::int)", [_SPACE, job_id])
        ).fetchone()
        if row != (True,):
            yield None
            return
        try:
            yield connection
        finally:
            await _unlock(connection, job_id)


async def _unlock(connection: Connection, job_id: int) -> None:
    try:
        await connection.execute("SELECT pg_advisory_unlock(%s, (%s %% 2147483647)::int)", [_SPACE, job_id])
    except OperationalError:
        # The session is lost and its locks with it.
        await connection.close()
