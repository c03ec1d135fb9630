"""SQL for the record of rankings, which only grows, and for what was found when it was verified."""

from collections.abc import AsyncGenerator
from datetime import date
from typing import LiteralString

from psycopg.rows import class_row

from asxos.core.db import Database
from asxos.core.repository import BaseRepository
from asxos.domain.ranking import SHADOW
from asxos.features.signals.records import LogEnd, LogEntry, RankingKey, VerificationRow

# One writer after another: each must see the entry before its own.
_LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('signal_log', 0))"
_END: LiteralString = """
SELECT last.sequence, last.sha256, standing.header::json ->> 'content_sha256' AS content_sha256, standing.published_at
FROM (VALUES (true)) AS always
LEFT JOIN (SELECT sequence, sha256 FROM signal_log ORDER BY sequence DESC LIMIT 1) AS last ON true
LEFT JOIN (SELECT header, published_at FROM signal_log WHERE model = %s AND as_of = %s
           ORDER BY sequence DESC LIMIT 1) AS standing ON true
"""
BATCH = 200


class SignalLog:
    """`signal_log`: appended to under a lock, read in order."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def lock_end(self, model: str, as_of: date) -> LogEnd:
        """The end of the log, and what it says of one ranking, until this transaction is over nobody else's to move.

        Raises: TransactionRequired.
        """
        async with self.db.joined() as connection, connection.cursor(row_factory=class_row(LogEnd)) as cursor:
            await cursor.execute(_LOCK)
            end = await (await cursor.execute(_END, [model, as_of])).fetchone()
        assert end is not None
        return end

    async def append(self, entry: LogEntry) -> None:
        """Add an entry after `lock_end`, in the same transaction."""
        values = (entry.sequence, entry.model, entry.as_of, entry.published_at, entry.header, entry.content)
        async with self.db.joined() as connection:
            await connection.execute(
                "INSERT INTO signal_log (sequence, model, as_of, published_at, header, content, sha256)"
                " VALUES (%s, %s, %s, %s, %s, %b, %s)",
                [*values, entry.sha256],
            )

    async def entries(self, sequences: list[int] | None = None) -> AsyncGenerator[LogEntry, None]:
        """The entries in order, all or some of them, a few hundred at a time."""
        last = 0
        while batch := await self._after(last, sequences):
            for entry in batch:
                yield entry
            last = batch[-1].sequence

    async def keys(self) -> list[RankingKey]:
        """Every entry's number, model and session, in order of session, then number."""
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(RankingKey)) as cursor:
            await cursor.execute("SELECT sequence, model, as_of FROM signal_log ORDER BY as_of, sequence")
            return await cursor.fetchall()

    async def end(self) -> LogEntry | None:
        """The last entry, or None."""
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(LogEntry)) as cursor:
            await cursor.execute("SELECT * FROM signal_log ORDER BY sequence DESC LIMIT 1")
            return await cursor.fetchone()

    async def rankings_stored(self) -> dict[tuple[str, date], bool]:
        """Every published ranking there are signals of, and whether it is from before the log began."""
        query = (
            "SELECT model, as_of, EXISTS (SELECT FROM signals_before_log WHERE (model, as_of) = (s.model, s.as_of))"
            " FROM signals s WHERE model !~ %s GROUP BY model, as_of"
        )
        async with self.db.connection() as connection:
            rows = await (await connection.execute(query, [SHADOW.pattern])).fetchall()
        return {(model, as_of): is_older for model, as_of, is_older in rows}

    async def _after(self, last: int, sequences: list[int] | None) -> list[LogEntry]:
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(LogEntry)) as cursor:
            await cursor.execute(
                "SELECT * FROM signal_log WHERE sequence > %s AND (%s::bigint[] IS NULL OR sequence = ANY (%s))"
                " ORDER BY sequence LIMIT %s",
                [last, sequences, sequences, BATCH],
            )
            return await cursor.fetchall()


class VerificationRepository(BaseRepository[VerificationRow]):
    """`signal_verifications`."""

    def __init__(self, db: Database) -> None:
        super().__init__("signal_verifications", VerificationRow, db)

    async def find_latest(self) -> VerificationRow | None:
        """The latest verification, or None."""
        return await self._one("SELECT * FROM {table} ORDER BY id DESC LIMIT 1", [])

    async def heads(self) -> list[str]:
        """Every end of the log that a verification saw."""
        query = "SELECT DISTINCT head FROM signal_verifications WHERE head IS NOT NULL"
        async with self.db.connection() as connection:
            return [row[0] for row in await (await connection.execute(query)).fetchall()]
