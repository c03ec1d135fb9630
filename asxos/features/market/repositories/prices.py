"""SQL for bars: in by binary COPY, corrections with what they replace, and the context of a batch out."""

import polars as pl
from psycopg import sql

from asxos.core.columnar import Layout, copy_in, copy_out
from asxos.core.db import Database
from asxos.domain.bars.judge import CONTEXT

_BAR = dict.fromkeys(("open", "high", "low", "close"), "double precision") | {"volume": "bigint"}
_KEY = {"security_id": "integer", "session_date": "date"}
STORED = Layout(_BAR | {"known_at": "timestamptz"} | _KEY | {"ingest_id": "integer", "source_id": "smallint"})
BARS = Layout(_KEY | _BAR)

_AROUND = """
SELECT p.security_id, p.session_date, p.open, p.high, p.low, p.close, p.volume
FROM unnest({ids}::int[], {firsts}::date[]) AS batch (id, first) CROSS JOIN LATERAL (
  (SELECT * FROM prices WHERE security_id = batch.id AND session_date < batch.first
   ORDER BY session_date DESC LIMIT {context})
  UNION ALL
  (SELECT * FROM prices WHERE security_id = batch.id AND session_date >= batch.first)
) AS p ORDER BY p.security_id, p.session_date
"""

_TAILS = """
SELECT p.security_id, p.session_date, p.open, p.high, p.low, p.close, p.volume
FROM unnest({ids}::int[]) AS wanted (id) CROSS JOIN LATERAL (
  SELECT * FROM prices WHERE security_id = wanted.id ORDER BY session_date DESC LIMIT {bars}
) AS p ORDER BY p.security_id, p.session_date
"""


class PriceRepository:
    """`prices` and `price_revisions`, whole columns at a time."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def around(self, firsts: pl.DataFrame) -> pl.DataFrame:
        """What stands of some securities: the last 21 bars before `first` and all from it on, sorted.

        Args: firsts: `security_id, first`.
        """
        query = sql.SQL(_AROUND).format(
            ids=sql.Literal(firsts["security_id"].to_list()),
            firsts=sql.Literal(firsts["first"].to_list()),
            context=sql.Literal(CONTEXT),
        )
        async with self.db.connection() as connection:
            return await copy_out(connection, query, BARS)

    async def tails(self, security_ids: list[int], bars: int) -> pl.DataFrame:
        """The last bars of some securities, sorted."""
        query = sql.SQL(_TAILS).format(ids=sql.Literal(security_ids), bars=sql.Literal(bars))
        async with self.db.connection() as connection:
            return await copy_out(connection, query, BARS)

    async def add(self, bars: pl.DataFrame, ingest_id: int, source_id: int) -> None:
        """Store bars (with `known_at`) of which none stands yet."""
        async with self.db.transaction() as connection:
            await copy_in(connection, "prices", STORED, _labelled(bars, ingest_id, source_id))

    async def correct(self, bars: pl.DataFrame, ingest_id: int, source_id: int) -> None:
        """Replace bars; what stood goes to `price_revisions`, superseded at the `known_at` of the new one."""
        async with self.db.transaction() as connection:
            await connection.execute("CREATE TEMP TABLE IF NOT EXISTS corrections (LIKE prices) ON COMMIT DELETE ROWS")
            await copy_in(connection, "corrections", STORED, _labelled(bars, ingest_id, source_id))
            await connection.execute(
                "INSERT INTO price_revisions SELECT p.open, p.high, p.low, p.close, p.volume, p.known_at, c.known_at,"
                " p.security_id, p.session_date, p.ingest_id, p.source_id, c.ingest_id"
                " FROM prices p JOIN corrections c USING (security_id, session_date)"
            )
            await connection.execute(
                "UPDATE prices p SET open = c.open, high = c.high, low = c.low, close = c.close, volume = c.volume,"
                " known_at = c.known_at, ingest_id = c.ingest_id, source_id = c.source_id FROM corrections c"
                " WHERE (p.security_id, p.session_date) = (c.security_id, c.session_date)"
            )
            await connection.execute("TRUNCATE corrections")


def _labelled(bars: pl.DataFrame, ingest_id: int, source_id: int) -> pl.DataFrame:
    return bars.with_columns(ingest_id=pl.lit(ingest_id, pl.Int32), source_id=pl.lit(source_id, pl.Int16))
