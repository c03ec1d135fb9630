"""BaseRepository: the shared reads and writes of one table, as typed records."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, LiteralString, TypeVar

from psycopg import sql
from psycopg.rows import class_row

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.core.errors import BadInput

T = TypeVar("T")


class UnlikeRecords(BadInput):
    """The records of one batch must have the same fields."""

    def __init__(self, index: int, expected: Sequence[str], found: Sequence[str]) -> None:
        super().__init__(f"record {index} has fields {sorted(found)}, the first has {sorted(expected)}")


class BaseRepository(Generic[T]):
    """CRUD over one table. Rows come back as `record`, never as dicts."""

    def __init__(self, table_name: str, record: type[T], db: Database) -> None:
        self.table = sql.Identifier(table_name)
        self.table_name = table_name
        self.record = record
        self.db = db

    async def find_by_id(self, id: int) -> T | None:
        """The record with this primary key, or None."""
        return await self._one("SELECT * FROM {table} WHERE id = %s", [id])

    async def find_all(self, limit: int = 100, offset: int = 0) -> list[T]:
        """A page of records, in id order."""
        return await self._all("SELECT * FROM {table} ORDER BY id LIMIT %s OFFSET %s", [limit, offset])

    async def insert(self, data: Mapping[str, Any]) -> int:
        """Insert a record, return its id."""
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
            self.table, _names(data), sql.SQL(", ").join(sql.Placeholder() * len(data))
        )
        async with self.db.connection() as connection:
            row = await (await connection.execute(statement, list(data.values()))).fetchone()
        assert row is not None
        return int(row[0])

    async def bulk_insert(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Insert many records in one batch, all or none; `unnest` for few rows, COPY for many.

        Raises: UnlikeRecords: a record has other fields than the first.
        """
        await self._bulk(records, ())

    async def bulk_upsert(self, records: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
        """Insert many records, replacing those that stand under the same `key` columns; the last of equals wins.

        Raises: UnlikeRecords: a record has other fields than the first.
        """
        await self._bulk(records, key)

    async def update(self, id: int, data: Mapping[str, Any]) -> bool:
        """Change some columns; False when there is no such record."""
        changes = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in data)
        query = sql.SQL("UPDATE {} SET {} WHERE id = %s").format(self.table, changes)
        async with self.db.connection() as connection:
            cursor = await connection.execute(query, [*data.values(), id])
        return cursor.rowcount == 1

    async def delete(self, id: int) -> bool:
        """Delete by id; False when there was nothing to delete."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(self._sql("DELETE FROM {table} WHERE id = %s"), [id])
        return cursor.rowcount == 1

    async def count(self, where_clause: LiteralString | None = None, params: Sequence[Any] = ()) -> int:
        """Count records. `where_clause` must be written in the code, values go in `params`."""
        query = self._sql("SELECT count(*) FROM {table}")
        if where_clause:
            query += sql.SQL(" WHERE ") + sql.SQL(where_clause)
        async with self.db.connection() as connection:
            row = await (await connection.execute(query, params)).fetchone()
        assert row is not None
        return int(row[0])

    async def _one(self, query: LiteralString, params: Sequence[Any] | Mapping[str, Any]) -> T | None:
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(self.record)) as cursor:
            await cursor.execute(self._sql(query), params)
            return await cursor.fetchone()

    async def _all(self, query: LiteralString, params: Sequence[Any]) -> list[T]:
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(self.record)) as cursor:
            await cursor.execute(self._sql(query), params)
            return await cursor.fetchall()

    async def _bulk(self, records: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
        if not records:
            return
        columns = list(records[0])
        for index, record in enumerate(records):
            if record.keys() != records[0].keys():
                raise UnlikeRecords(index, columns, list(record))
        rows = [tuple(record[name] for name in columns) for record in records]
        async with self.db.transaction() as connection:
            await bulk_write(connection, self.table_name, columns, rows, key)

    def _sql(self, query: LiteralString) -> sql.Composed:
        return sql.SQL(query).format(table=self.table)


def _names(data: Mapping[str, Any]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, data))
