"""SQL for what is kept out of the prices."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from psycopg import sql
from psycopg.rows import class_row

from asxos.core.db import Database
from asxos.domain.bars.reasons import Reason
from asxos.features.market.records import QuarantinedBar

COLUMNS: dict[str, pl.DataType] = {
    "ingest_id": pl.Int32(),
    "source": pl.String(),
    "file": pl.String(),
    "line": pl.Int64(),
    "symbol": pl.String(),
    "security_id": pl.Int32(),
    "session_date": pl.Date(),
    "open": pl.Float64(),
    "high": pl.Float64(),
    "low": pl.Float64(),
    "close": pl.Float64(),
    "volume": pl.Int64(),
    "reason": pl.String(),
    "detail": pl.String(),
    "state": pl.String(),
}

HELD: dict[str, pl.DataType] = {
    name: COLUMNS[name] for name in ("security_id", "session_date", "open", "high", "low", "close", "volume")
}

_NAMES = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
_STAGING = sql.SQL(
    "CREATE TEMP TABLE IF NOT EXISTS kept_out ON COMMIT DELETE ROWS AS SELECT {} FROM quarantine WITH NO DATA"
).format(_NAMES)
_ADD = sql.SQL(
    "WITH added AS (INSERT INTO quarantine ({0}) SELECT {0} FROM kept_out ON CONFLICT DO NOTHING RETURNING state)"
    " SELECT count(*), count(*) FILTER (WHERE state = 'held') FROM added"
).format(_NAMES)


class QuarantineRepository:
    """`quarantine`. The same faulty row again is not a second row."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def add(self, rows: pl.DataFrame) -> tuple[int, int]:
        """Store rows (COLUMNS); how many of them are new, and how many of those are held."""
        if not rows.height:
            return 0, 0
        async with self.db.transaction() as connection:
            await connection.execute(_STAGING)
            text = rows.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items()).write_csv(
                include_header=False
            )
            async with connection.cursor() as cursor:
                async with cursor.copy(sql.SQL("COPY kept_out ({}) FROM STDIN (FORMAT CSV)").format(_NAMES)) as copy:
                    await copy.write(text)
                await cursor.execute(_ADD)
                counts = await cursor.fetchone()
                await cursor.execute("TRUNCATE kept_out")
        return (counts[0], counts[1]) if counts else (0, 0)

    async def held(self, security_ids: Sequence[int]) -> pl.DataFrame:
        """Bars held for a jump, of some securities: KEY and VALUES, sorted."""
        query = (
            "SELECT DISTINCT ON (security_id, session_date) security_id, session_date, open, high, low, close, volume"
            " FROM quarantine WHERE state = 'held' AND reason = %s AND security_id = ANY(%s)"
            " ORDER BY security_id, session_date, id DESC"
        )
        async with self.db.connection() as connection:
            cursor = await connection.execute(query, [Reason.JUMP, list(security_ids)])
            return pl.DataFrame(await cursor.fetchall(), schema=HELD, orient="row")

    async def release(self, security_ids: Sequence[int], now: datetime) -> int:
        """Mark as released the held bars of some securities that stand in the prices now; how many there were."""
        ids = list(security_ids)
        async with self.db.transaction() as connection:
            # A first bar that came before it was final was held before there was a security to name.
            await connection.execute(
                "UPDATE quarantine q SET security_id = s.id FROM securities s WHERE q.state = 'held'"
                " AND q.security_id IS NULL AND s.symbol = q.symbol AND s.id = ANY(%s)",
                [ids],
            )
            released = await connection.execute(
                "UPDATE quarantine q SET state = 'released', resolved_at = %s FROM prices p WHERE q.state = 'held'"
                " AND q.security_id = ANY(%s) AND (p.security_id, p.session_date) = (q.security_id, q.session_date)"
                " AND p.close = q.close",
                [now, ids],
            )
        return released.rowcount

    async def page(self, state: str | None, limit: int, offset: int) -> list[QuarantinedBar]:
        """A page of what is kept out, latest first."""
        query = (
            "SELECT id, source, file, line, symbol, session_date, close, volume, reason, detail, state FROM quarantine"
            " WHERE %(state)s::text IS NULL OR state = %(state)s ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s"
        )
        async with (
            self.db.connection() as connection,
            connection.cursor(row_factory=class_row(QuarantinedBar)) as cursor,
        ):
            await cursor.execute(query, {"state": state, "limit": limit, "offset": offset})
            return await cursor.fetchall()

    async def counts(self) -> dict[str, int]:
        """How many rows of each reason are kept out (released ones not counted)."""
        query = "SELECT reason, count(*) FROM quarantine WHERE state <> 'released' GROUP BY reason ORDER BY reason"
        async with self.db.connection() as connection:
            return dict(await (await connection.execute(query)).fetchall())
