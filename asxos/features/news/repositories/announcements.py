"""SQL for announcements: many in by COPY, pages and columns out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import LiteralString

import polars as pl
from psycopg import sql
from psycopg.rows import class_row

from asxos.core.columnar import Layout, copy_out
from asxos.core.db import Database
from asxos.domain.calendar import INSTANT
from asxos.domain.facts import ANNOUNCEMENTS
from asxos.domain.text.kinds import FORMS, Kind
from asxos.features.news.records import Announcement, Asked, Stored

COLUMNS: Mapping[str, pl.DataType] = {
    "security_id": pl.Int32(),
    "known_at": INSTANT,
    "headline": pl.String(),
    "kind": pl.String(),
    "is_price_sensitive": pl.Boolean(),
    "pages": pl.Int32(),
    "tone": pl.Float64(),
    "source": pl.String(),
}
"""What is stored of each announcement, beside the instant it was brought in."""
WORDED: Mapping[str, pl.DataType] = {
    "id": pl.Int64(),
    "security_id": pl.Int32(),
    "known_at": INSTANT,
    "headline": pl.String(),
    "is_read": pl.Boolean(),
}
"""An announcement in a company's own words; `is_read`: it has a learnt tone."""

_NAMES = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
_STAGING = sql.SQL(
    "CREATE TEMP TABLE IF NOT EXISTS told ON COMMIT DELETE ROWS AS SELECT {} FROM announcements WITH NO DATA"
)
_MERGE = sql.SQL(
    "WITH merged AS (INSERT INTO announcements AS a ({0}, ingested_at) SELECT {0}, {1} FROM told"
    " ON CONFLICT (security_id, known_at, headline) DO UPDATE SET"
    " (is_price_sensitive, pages, marked_at) = (coalesce(a.is_price_sensitive, EXCLUDED.is_price_sensitive),"
    " coalesce(a.pages, EXCLUDED.pages), CASE WHEN a.is_price_sensitive IS NULL THEN now() ELSE a.marked_at END)"
    " WHERE (a.is_price_sensitive IS NULL AND EXCLUDED.is_price_sensitive IS NOT NULL)"
    " OR (a.pages IS NULL AND EXCLUDED.pages IS NOT NULL) RETURNING xmax = 0 AS is_new)"
    " SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM merged"
)
_WHERE: LiteralString = (
    "WHERE (%(security_id)s::int IS NULL OR a.security_id = %(security_id)s)"
    " AND (%(kind)s::text IS NULL OR a.kind = %(kind)s)"
    " AND (%(since)s::date IS NULL OR a.known_at >= %(since)s::timestamp AT TIME ZONE 'Australia/Sydney')"
)
# Fixed width, so that a decade of announcements is read in a fraction of a second: a kind as its place among KINDS, a
# flag as -1 where it is not known, a tone as NaN.
_FACTS = Layout(
    {
        "security_id": "integer",
        "known_at": "timestamptz",
        "kind": "smallint",
        "is_price_sensitive": "smallint",
        "tone": "double precision",
        "learnt_tone": "double precision",
    }
)
_KINDS = [kind.value for kind in Kind]


class AnnouncementRepository:
    """`announcements`, with the tones learnt of them."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def add(self, told: pl.DataFrame, now: datetime) -> Stored:
        """Store announcements (COLUMNS, each once); one that stands is only given what it lacks."""
        text = told.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items()).write_csv(include_header=False)
        async with self.db.transaction() as connection, connection.cursor() as cursor:
            await cursor.execute(_STAGING.format(_NAMES))
            async with cursor.copy(sql.SQL("COPY told ({}) FROM STDIN (FORMAT CSV)").format(_NAMES)) as copy:
                await copy.write(text)
            await cursor.execute(_MERGE.format(_NAMES, sql.Literal(now)))
            counts = await cursor.fetchone()
            await cursor.execute("TRUNCATE told")
        return Stored(*counts) if counts else Stored()

    async def page(self, asked: Asked, limit: int, offset: int) -> tuple[list[Announcement], int]:
        """A page of announcements, latest first, and how many there are."""
        params = {"security_id": asked.security_id, "kind": asked.kind, "since": asked.since}
        query: LiteralString = (
            "SELECT a.id, security_id, known_at, headline, kind, is_price_sensitive, pages, a.tone,"
            " t.tone AS learnt_tone, source FROM announcements a LEFT JOIN learnt_tones t ON t.announcement_id = a.id"
            f" {_WHERE} ORDER BY a.known_at DESC, a.id DESC LIMIT %(limit)s OFFSET %(offset)s"
        )
        async with self.db.connection() as connection:
            async with connection.cursor(row_factory=class_row(Announcement)) as cursor:
                await cursor.execute(query, {**params, "limit": limit, "offset": offset})
                found = await cursor.fetchall()
            row = await (await connection.execute(f"SELECT count(*) FROM announcements a {_WHERE}", params)).fetchone()
        return found, int(row[0]) if row else 0

    async def facts(self, until: date | None = None, recorded_before: datetime | None = None) -> pl.DataFrame:
        """ANNOUNCEMENTS of all shares, lodged by the end of a Sydney date, stored before an instant (default: all)."""
        query = sql.SQL(
            "SELECT security_id, known_at, coalesce(array_position({kinds}::text[], kind) - 1, {other})::smallint,"
            " (CASE WHEN {1}::timestamptz IS NULL OR marked_at < {1} THEN coalesce(is_price_sensitive::int, -1)"
            " ELSE -1 END)::smallint,"
            " coalesce(a.tone, 'NaN'), coalesce(t.tone, 'NaN')"
            " FROM announcements a LEFT JOIN learnt_tones t ON t.announcement_id = a.id"
            " AND ({1}::timestamptz IS NULL OR t.recorded_at < {1})"
            " WHERE ({0}::date IS NULL OR known_at < ({0}::date + 1)::timestamp AT TIME ZONE 'Australia/Sydney')"
            " AND ({1}::timestamptz IS NULL OR a.recorded_at < {1})"
        ).format(until, recorded_before, kinds=_KINDS, other=_KINDS.index(Kind.OTHER))
        async with self.db.connection() as connection:
            found = await copy_out(connection, query, _FACTS)
        mark = pl.col("is_price_sensitive")
        return (
            found.select(
                "security_id",
                "known_at",
                pl.lit(pl.Series(_KINDS)).gather(pl.col("kind")).alias("kind"),
                pl.when(mark >= 0).then(mark > 0),
                pl.col("tone", "learnt_tone").fill_nan(None),
            )
            .cast(pl.Schema(ANNOUNCEMENTS))
            .sort(*ANNOUNCEMENTS)
        )

    async def worded(self) -> pl.DataFrame:
        """Every announcement in a company's own words: WORDED."""
        query = (
            "SELECT a.id, security_id, known_at, headline, t.tone IS NOT NULL FROM announcements a"
            " LEFT JOIN learnt_tones t ON t.announcement_id = a.id WHERE kind <> ALL(%s) ORDER BY known_at, a.id"
        )
        async with self.db.connection() as connection:
            cursor = await connection.execute(query, [[kind.value for kind in FORMS]])
            return pl.DataFrame(await cursor.fetchall(), schema=dict(WORDED), orient="row")
