"""SQL for the latest quote of each share."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl
from psycopg.rows import class_row

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.domain.money import exact
from asxos.features.market.records import LatestPrice, Quote

COLUMNS = ("security_id", "session_date", "close", "change", "spark", "turnover_20")


class QuoteRepository:
    """`quotes`: one row a security."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def save(self, quotes: pl.DataFrame) -> None:
        """Store the quotes (COLUMNS), replacing what stands for the same securities."""
        rows = list(quotes.select(COLUMNS).iter_rows())
        if rows:
            async with self.db.transaction() as connection:
                await bulk_write(connection, "quotes", COLUMNS, rows, ["security_id"])

    async def of(self, security_ids: Sequence[int]) -> list[Quote]:
        """The quotes of some securities; one without bars has none."""
        query = (
            "SELECT security_id, session_date, close, change, spark, turnover_20 FROM quotes"
            " WHERE security_id = ANY(%s) ORDER BY security_id"
        )
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(Quote)) as cursor:
            await cursor.execute(query, [list(security_ids)])
            return await cursor.fetchall()

    async def latest(self, codes: Sequence[str]) -> list[LatestPrice]:
        """The latest price of what each code means now, in one query; one without bars has none."""
        query = (
            "SELECT DISTINCT ON (c.code) c.code, s.symbol, s.name, s.sector, q.session_date, q.close, q.change,"
            " q.turnover_20, x.name AS source FROM security_codes c JOIN securities s ON s.id = c.security_id"
            " JOIN quotes q ON q.security_id = s.id"
            " JOIN prices p ON p.security_id = s.id AND p.session_date = q.session_date"
            " JOIN sources x ON x.id = p.source_id WHERE c.code = ANY(%s) ORDER BY c.code, c.valid_from DESC"
        )
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(LatestPrice)) as cursor:
            await cursor.execute(query, [list(codes)])
            return await cursor.fetchall()

    async def last_session(self) -> date | None:
        """The latest session that any share has a bar of."""
        async with self.db.connection() as connection:
            row = await (await connection.execute("SELECT max(session_date) FROM quotes")).fetchone()
        return row[0] if row else None

    async def closes_on(self, codes: Sequence[str], day: date) -> dict[str, Decimal]:
        """The last close as traded on or before `day` of the share that had each code then."""
        query = (
            "SELECT c.code, p.close FROM unnest(%s::text[]) AS c (code) CROSS JOIN LATERAL (SELECT security_id"
            " FROM security_codes WHERE code = c.code AND valid_from <= %s ORDER BY valid_from DESC LIMIT 1) s"
            " CROSS JOIN LATERAL (SELECT close FROM prices WHERE security_id = s.security_id AND session_date <= %s"
            " ORDER BY session_date DESC LIMIT 1) p"
        )
        async with self.db.connection() as connection:
            rows = await (await connection.execute(query, [list(codes), day, day])).fetchall()
        return {code: exact(close) for code, close in rows}
