"""Many rows into one table: binary unnest for few, binary COPY for many; with a key, an upsert."""

from collections.abc import Sequence
from typing import Any

from psycopg import sql

from asxos.core.db import Connection

Rows = Sequence[Sequence[Any]]

# Measured: below this unnest is faster, since COPY for an upsert needs a temporary table first.
COPY_FROM_ROWS = 200


async def bulk_write(
    connection: Connection, table: str, columns: Sequence[str], rows: Rows, key: Sequence[str]
) -> None:
    """Write `rows` (values in the order of `columns`); rows under an existing `key` replace what stands there.

    An empty `key` is a plain insert. Must run inside a transaction, for the temporary table lives as long as it.
    """
    types = await _column_types(connection, table, columns)
    # The last of equal keys wins: one statement may not touch a row twice.
    unique = _last_by_key(columns, rows, key) if key else rows
    if len(unique) < COPY_FROM_ROWS:
        await _unnest(connection, table, columns, types, unique, key)
    elif key:
        await _merge(connection, table, columns, types, unique, key)
    else:
        await _copy(connection, sql.Identifier(table), columns, types, unique)


async def _column_types(connection: Connection, table: str, columns: Sequence[str]) -> list[str]:
    cached = _types.get((table, tuple(columns)))
    if cached is None:
        cursor = await connection.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
            [table],
        )
        known = dict(await cursor.fetchall())
        cached = _types[table, tuple(columns)] = [known[name] for name in columns]
    return cached


# Migrations are forward only and run before a process serves, so a column's type holds for the process's life.
_types: dict[tuple[str, tuple[str, ...]], list[str]] = {}


async def _unnest(
    connection: Connection, table: str, columns: Sequence[str], types: Sequence[str], rows: Rows, key: Sequence[str]
) -> None:
    arrays = sql.SQL(", ").join(sql.SQL("%b::{}[]").format(sql.SQL(name)) for name in types)  # pyright: ignore[reportArgumentType] # from pg_attribute
    query = sql.SQL("INSERT INTO {} ({}) SELECT * FROM unnest({}){}").format(
        sql.Identifier(table), _names(columns), arrays, _on_conflict(columns, key)
    )
    await connection.execute(query, [list(values) for values in zip(*rows, strict=True)])


async def _merge(
    connection: Connection, table: str, columns: Sequence[str], types: Sequence[str], rows: Rows, key: Sequence[str]
) -> None:
    staging = sql.Identifier(f"staging_{table}")
    names = _names(columns)
    await connection.execute(
        sql.SQL("CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DELETE ROWS AS SELECT * FROM {} WITH NO DATA").format(
            staging, sql.Identifier(table)
        )
    )
    await _copy(connection, staging, columns, types, rows)
    await connection.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}{}").format(
            sql.Identifier(table), names, names, staging, _on_conflict(columns, key)
        )
    )
    # A transaction may write the same table twice.
    await connection.execute(sql.SQL("TRUNCATE {}").format(staging))


async def _copy(
    connection: Connection, table: sql.Identifier, columns: Sequence[str], types: Sequence[str], rows: Rows
) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(table, _names(columns))
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            await copy.write_row(row)


def _last_by_key(columns: Sequence[str], rows: Rows, key: Sequence[str]) -> Rows:
    at = [columns.index(name) for name in key]
    return list({tuple(row[i] for i in at): row for row in rows}.values())


def _on_conflict(columns: Sequence[str], key: Sequence[str]) -> sql.Composed:
    if not key:
        return sql.Composed([])
    changes = sql.SQL(", ").join(
        sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in columns if name not in key
    )
    if all(name in key for name in columns):
        return sql.SQL(" ON CONFLICT ({}) DO NOTHING").format(_names(key))
    return sql.SQL(" ON CONFLICT ({}) DO UPDATE SET {}").format(_names(key), changes)


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
