"""SQL for the sessions of the exchange."""

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl
from psycopg import sql

from asxos.core.bulk import bulk_write
from asxos.core.columnar import Layout, copy_out
from asxos.core.db import Database
from asxos.domain.calendar import Session

FINAL = Layout({"session_date": "date", "final_at": "timestamptz"})
COLUMNS = ("session_date", "open_at", "close_at", "final_at")


class SessionRepository:
    """The trading days, filled once a year and read by everyone else."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def last(self) -> date | None:
        """The last session that is stored."""
        async with self.db.connection() as connection:
            row = await (await connection.execute("SELECT max(session_date) FROM sessions")).fetchone()
        return row[0] if row else None

    async def save(self, sessions: Sequence[Session]) -> None:
        """Store sessions, replacing what stands for the same days."""
        rows = [(s.session_date, s.open_at, s.close_at, s.final_at) for s in sessions]
        async with self.db.transaction() as connection:
            await bulk_write(connection, "sessions", COLUMNS, rows, ["session_date"])

    async def finals(self) -> pl.DataFrame:
        """`session_date, final_at` of every session, in order."""
        query = sql.Composed([sql.SQL("SELECT session_date, final_at FROM sessions ORDER BY session_date")])
        async with self.db.connection() as connection:
            return await copy_out(connection, query, FINAL)

    async def between(self, first: date, last: date) -> list[date]:
        """The sessions from `first` to `last`."""
        query = "SELECT session_date FROM sessions WHERE session_date BETWEEN %s AND %s ORDER BY session_date"
        async with self.db.connection() as connection:
            return [row[0] for row in await (await connection.execute(query, [first, last])).fetchall()]

    async def final_at(self, as_of: date) -> datetime | None:
        """When the latest session up to `as_of` became final."""
        query = "SELECT final_at FROM sessions WHERE session_date <= %s ORDER BY session_date DESC LIMIT 1"
        async with self.db.connection() as connection:
            row = await (await connection.execute(query, [as_of])).fetchone()
        return row[0] if row else None

    async def latest_final(self, now: datetime) -> date | None:
        """The latest session that was final at `now`."""
        query = "SELECT max(session_date) FROM sessions WHERE final_at <= %s"
        async with self.db.connection() as connection:
            row = await (await connection.execute(query, [now])).fetchone()
        return row[0] if row else None
