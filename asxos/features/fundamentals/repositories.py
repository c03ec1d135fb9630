"""SQL for facts about companies: whole columns in and out by binary COPY."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from psycopg import sql

from asxos.core.columnar import Layout, copy_in, copy_out
from asxos.core.db import Database
from asxos.features.fundamentals.records import Book

_TYPES = {
    "known_at": "timestamptz",
    "security_id": "integer",
    "as_of": "date",
    "published": "date",
    "source": "smallint",
}


@dataclass(frozen=True)
class Extent:
    """Which facts: None does not narrow.

    About `first` to `last`; known on the Sydney date `known_on` or before; stored before `recorded_before`.
    """

    security_id: int | None = None
    first: date | None = None
    last: date | None = None
    known_on: date | None = None
    recorded_before: datetime | None = None


class FactRepository:
    """The append-only table of a book. Frames hold null where the table holds NaN: nothing given."""

    def __init__(self, db: Database, book: Book) -> None:
        self.db = db
        self.book = book
        keys = {name: _TYPES[name] for name in ("known_at", *book.key)}
        self.layout = Layout(dict.fromkeys(book.figures, "double precision") | keys)

    async def read(self, extent: Extent) -> pl.DataFrame:
        """The book's key and figures and `known_at`, in no particular order."""
        query = sql.SQL("SELECT {} FROM {} WHERE {}").format(
            sql.SQL(", ").join(map(sql.Identifier, self.layout.columns)),
            sql.Identifier(self.book.table),
            _where(extent),
        )
        async with self.db.connection() as connection:
            found = await copy_out(connection, query, self.layout)
        return found.with_columns(pl.col(self.book.figures).fill_nan(None))

    async def append(self, facts: pl.DataFrame) -> None:
        """Store facts, all or none."""
        rows = facts.with_columns(pl.col(self.book.figures).fill_null(float("nan")))
        async with self.db.transaction() as connection:
            await copy_in(connection, self.book.table, self.layout, rows)


def _where(extent: Extent) -> sql.Composed:
    midnight = "({} + 1)::timestamp AT TIME ZONE 'Australia/Sydney'"
    conditions = (
        (sql.SQL("security_id = {}"), extent.security_id),
        (sql.SQL("as_of >= {}"), extent.first),
        (sql.SQL("as_of <= {}"), extent.last),
        (sql.SQL(f"known_at < {midnight}"), extent.known_on),
        (sql.SQL("recorded_at < {}"), extent.recorded_before),
    )
    wanted = [condition.format(sql.Literal(value)) for condition, value in conditions if value is not None]
    return sql.SQL(" AND ").join([sql.SQL("true"), *wanted])
