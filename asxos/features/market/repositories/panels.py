"""SQL for reading bars back: the whole market or one share, as known now or at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString

import polars as pl
from psycopg import sql

from asxos.core.columnar import Layout, copy_out
from asxos.core.db import Database
from asxos.features.market.repositories.prices import BARS

_COLUMNS = sql.SQL(", ").join(map(sql.Identifier, BARS.columns))
_TRUE = sql.SQL("true")


CLOSES = Layout({"place": "bigint", "security_id": "integer", "session_date": "date", "close": "double precision"})

# A code means who had it then; before its first owner that one, for ledgers name shares by their present codes; after
# the last owner left it, that one still.
_CLOSES: LiteralString = """
WITH wanted AS (SELECT code, place - 1 AS place FROM unnest({}::text[]) WITH ORDINALITY AS w (code, place)),
owned AS (
  SELECT place, security_id,
    CASE WHEN lag(valid_from) OVER w IS NULL THEN '-infinity' ELSE valid_from END AS since,
    coalesce(lead(valid_from) OVER w, 'infinity') AS until
  FROM security_codes JOIN wanted USING (code) WINDOW w AS (PARTITION BY code ORDER BY valid_from)
)
SELECT o.place, p.security_id, p.session_date, p.close FROM owned o JOIN prices p USING (security_id)
WHERE p.session_date >= o.since AND p.session_date < o.until AND p.session_date BETWEEN {} AND {}
"""


@dataclass(frozen=True)
class Extent:
    """Which bars: None does not narrow.

    `known_at`: as they were known at that instant. `ingest_id`: as that ingest left them, whatever came in later and
    whenever it is said to have been known.
    """

    since: date | None = None
    until: date | None = None
    security_ids: tuple[int, ...] | None = None
    known_at: datetime | None = None
    ingest_id: int | None = None


class PanelRepository:
    """Bars as traded."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def read(self, extent: Extent) -> pl.DataFrame:
        """`security_id, session_date, open, high, low, close, volume`, in no particular order."""
        query = sql.SQL("SELECT {} FROM prices WHERE {}").format(_COLUMNS, _where(extent))
        if extent.known_at is not None or extent.ingest_id is not None:
            query += sql.SQL(
                " UNION ALL SELECT {} FROM price_revisions WHERE (superseded_at > {} OR superseded_by > {}) AND {}"
            ).format(_COLUMNS, sql.Literal(extent.known_at), sql.Literal(extent.ingest_id), _where(extent))
        async with self.db.connection() as connection:
            return await copy_out(connection, query, BARS)

    async def closes(self, codes: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """`place` (of the code among `codes`), `security_id, session_date, close` as traded, in no particular order."""
        query = sql.SQL(_CLOSES).format(list(codes), first, last)
        async with self.db.connection() as connection:
            return await copy_out(connection, query, CLOSES)

    async def sources(self, security_id: int) -> list[str]:
        """The names of the sources of a share's bars."""
        query = (
            "SELECT name FROM sources WHERE id IN (SELECT DISTINCT source_id FROM prices WHERE security_id = %s)"
            " ORDER BY name"
        )
        async with self.db.connection() as connection:
            return [row[0] for row in await (await connection.execute(query, [security_id])).fetchall()]


def _where(extent: Extent) -> sql.Composed:
    conditions = [
        sql.SQL("session_date >= {}").format(extent.since) if extent.since else _TRUE,
        sql.SQL("session_date <= {}").format(extent.until) if extent.until else _TRUE,
        _TRUE
        if extent.security_ids is None
        else sql.SQL("security_id = ANY({}::int[])").format(list(extent.security_ids)),
        sql.SQL("known_at <= {}").format(extent.known_at) if extent.known_at else _TRUE,
        sql.SQL("ingest_id <= {}").format(extent.ingest_id) if extent.ingest_id is not None else _TRUE,
    ]
    return sql.SQL(" AND ").join(conditions)
