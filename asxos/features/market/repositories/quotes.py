"""SQL for the latest quote of each share."""

from collections.abc import Sequence

import polars as pl
from psycopg.rows import class_row

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.features.market.records import Quote

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
