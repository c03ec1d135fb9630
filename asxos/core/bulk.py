"""Many rows into one table: binary unnest for few, binary COPY for many; with a key, an upsert."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, cast

from psycopg import sql

from asxos.core.db import Connection

Rows = Sequence[Sequence[Any]]

# Measured: below this unnest is faster, since COPY for an upsert needs a temporary table first.
COPY_FROM_ROWS = 200

# Migrations are forward only and run before a process serves, so a column's type holds for the process's life.
_types: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}


@dataclass(frozen=True)
class _Target:
    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> sql.Composed:
        return _names(self.columns)

    @property
    def has_arrays(self) -> bool:
        """Unnest would take a column of arrays apart to its last element."""
        return any(name.endswith("[]") for name in self.types)

    @property
    def on_conflict(self) -> sql.Composed:
        changed = [name for name in self.columns if name not in self.key]
        if not self.key:
            return sql.Composed([])
        if not changed:
            return sql.SQL(" ON CONFLICT ({}) DO NOTHING").format(_names(self.key))
        changes = sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in changed)
        return sql.SQL(" ON CONFLICT ({}) DO UPDATE SET {}").format(_names(self.key), changes)


async def bulk_write(
    connection: Connection, table: str, columns: Sequence[str], rows: Rows, key: Sequence[str] = ()
) -> None:
    """Write `rows` (values in the order of `columns`); with a `key`, a row replaces the one that stands under it.

    Must run inside a transaction, for the temporary table is emptied at its end. The last of equal keys wins.
    """
    target = _Target(table, tuple(columns), await _column_types(connection, table, tuple(columns)), tuple(key))
    unique = _last_by_key(target, rows) if key else rows
    if not unique:
        return
    if len(unique) < COPY_FROM_ROWS and not target.has_arrays:
        await _unnest(connection, target, unique)
    elif key:
        await _merge(connection, target, unique)
    else:
        await _copy(connection, sql.Identifier(table), target, unique)


async def _column_types(connection: Connection, table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    if (table, columns) not in _types:
        cursor = await connection.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        known = dict(await cursor.fetchall())
        _types[table, columns] = tuple(known[name] for name in columns)
    return _types[table, columns]


async def _unnest(connection: Connection, target: _Target, rows: Rows) -> None:
    # The type names come from pg_attribute, never from a caller.
    arrays = sql.SQL(", ").join(sql.SQL(cast("LiteralString", f"%b::{name}[]")) for name in target.types)
    query = sql.SQL("INSERT INTO {} ({}) SELECT * FROM unnest({}){}").format(
        sql.Identifier(target.table), target.names, arrays, target.on_conflict
    )
    await connection.execute(query, [list(values) for values in zip(*rows, strict=True)])


async def _merge(connection: Connection, target: _Target, rows: Rows) -> None:
    staging = sql.Identifier(f"staging_{target.table}")
    await connection.execute(
        sql.SQL("CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DELETE ROWS AS SELECT * FROM {} WITH NO DATA").format(
            staging, sql.Identifier(target.table)
        )
    )
    await _copy(connection, staging, target, rows)
    await connection.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}{}").format(
            sql.Identifier(target.table), target.names, target.names, staging, target.on_conflict
        )
    )
    # A transaction may write the same table twice.
    await connection.execute(sql.SQL("TRUNCATE {}").format(staging))


async def _copy(connection: Connection, into: sql.Identifier, target: _Target, rows: Rows) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(into, target.names)
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(target.types)
        for row in rows:
            await copy.write_row(row)


def _last_by_key(target: _Target, rows: Rows) -> Rows:
    at = [target.columns.index(name) for name in target.key]
    return list({tuple(row[i] for i in at): row for row in rows}.values())


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
