"""SQL for the levels of market indices."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from asxos.core.db import Database

Level = tuple[str, date, float | None, float | None]
"""Code, session, price index, total return index."""

TOTAL_RETURN = {"session_date": pl.Date, "level": pl.Float64}


class IndexRepository:
    """`index_levels`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def save(self, levels: Sequence[Level], source_id: int) -> int:
        """Store levels; a missing one leaves what stands. Returns how many rows are new or changed."""
        query = (
            "INSERT INTO index_levels AS stood (code, session_date, price, total_return, source_id)"
            " SELECT DISTINCT ON (code, day) code, day, price, total, %s"
            " FROM unnest(%s::text[], %s::date[], %s::float8[], %s::float8[]) WITH ORDINALITY"
            " AS news(code, day, price, total, place) ORDER BY code, day, place DESC"
            " ON CONFLICT (code, session_date) DO UPDATE SET price = coalesce(excluded.price, stood.price),"
            " total_return = coalesce(excluded.total_return, stood.total_return), source_id = excluded.source_id"
            " WHERE (coalesce(excluded.price, stood.price), coalesce(excluded.total_return, stood.total_return))"
            " IS DISTINCT FROM (stood.price, stood.total_return)"
        )
        columns = [list(column) for column in zip(*levels, strict=True)] or [[], [], [], []]
        async with self.db.connection() as connection:
            return (await connection.execute(query, [source_id, *columns])).rowcount

    async def total_return(self, code: str) -> pl.DataFrame:
        """`session_date, level` of an index with dividends, sorted; empty where none is stored."""
        query = (
            "SELECT session_date, total_return FROM index_levels WHERE code = %s AND total_return IS NOT NULL"
            " ORDER BY session_date"
        )
        async with self.db.connection() as connection:
            cursor = await connection.execute(query, [code])
            return pl.DataFrame(await cursor.fetchall(), schema=TOTAL_RETURN, orient="row")
