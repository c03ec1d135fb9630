"""Whole columns in and out of PostgreSQL: binary COPY encoded and decoded by numpy, with no Python code per row.

Only for NOT NULL columns of fixed width: then every row of a binary COPY has the same size and a table is one
structured array. Format: PostgreSQL documentation, COPY, Binary Format.
"""

import asyncio
import select
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from psycopg import sql
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

from asxos.core.db import Connection

SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
BLOCK_ROWS = 16_384  # about 2 MB of prices: a block that is built in the processor's cache

_EPOCH_DAYS = (date(2000, 1, 1) - date(1970, 1, 1)).days
_EPOCH_MICROSECONDS = _EPOCH_DAYS * 86_400_000_000


@dataclass(frozen=True)
class _Kind:
    """How a PostgreSQL type travels; `epoch` is what PostgreSQL's zero is in Polars' unit."""

    numpy: str
    polars: pl.DataType
    epoch: int = 0


KINDS: Mapping[str, _Kind] = {
    "smallint": _Kind(">i2", pl.Int16()),
    "integer": _Kind(">i4", pl.Int32()),
    "bigint": _Kind(">i8", pl.Int64()),
    "double precision": _Kind(">f8", pl.Float64()),
    "date": _Kind(">i4", pl.Date(), _EPOCH_DAYS),
    "timestamptz": _Kind(">i8", pl.Datetime("us", "UTC"), _EPOCH_MICROSECONDS),
}
"""The types that can travel, by PostgreSQL name."""


class BrokenCopy(ValueError):
    """The bytes are not a binary COPY of this layout: a null, another type, or a cut."""


@dataclass(frozen=True)
class Layout:
    """The columns of a COPY in order, each with its PostgreSQL type (a key of KINDS)."""

    columns: Mapping[str, str]

    @cached_property
    def _row(self) -> np.dtype[np.void]:
        fields: list[tuple[str, str]] = [("count", ">i2")]
        for name, kind in self.columns.items():
            fields += [(f"size {name}", ">i4"), (name, KINDS[kind].numpy)]
        return np.dtype(fields)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The columns as Polars types."""
        return {name: KINDS[kind].polars for name, kind in self.columns.items()}

    def encode(self, frame: pl.DataFrame) -> Iterator[memoryview]:
        """The rows of `frame` (its columns by name, none null) as blocks of a binary COPY, without header or end."""
        values = {name: self._physical(frame[name], name) for name in self.columns}
        for start in range(0, frame.height, BLOCK_ROWS):
            rows = np.empty(min(BLOCK_ROWS, frame.height - start), self._row)
            rows["count"] = len(self.columns)
            for name, array in values.items():
                rows[f"size {name}"] = self._row[name].itemsize
                rows[name] = array[start : start + len(rows)]
            yield rows.view(np.uint8).data

    def decode(self, data: bytes | bytearray) -> pl.DataFrame:
        """The rows of a whole binary COPY. Raises: BrokenCopy."""
        body = memoryview(data)[len(SIGNATURE) : -len(TRAILER)]
        if len(body) % self._row.itemsize:
            raise BrokenCopy(f"{len(body)} bytes are not rows of {self._row.itemsize}")
        rows: NDArray[Any] = np.frombuffer(body, self._row)
        widths_hold = all((rows[f"size {name}"] == self._row[name].itemsize).all() for name in self.columns)
        if not (rows["count"] == len(self.columns)).all() or not widths_hold:
            raise BrokenCopy("a row has another width than its layout: a null, or another type")
        return pl.DataFrame([self._logical(rows, name) for name in self.columns])

    def _physical(self, column: pl.Series, name: str) -> NDArray[Any]:
        kind = KINDS[self.columns[name]]
        if column.null_count():
            raise BrokenCopy(f"column {name!r} has nulls, which a fixed width cannot hold")
        array: NDArray[Any] = column.cast(kind.polars).to_physical().to_numpy()
        return array - kind.epoch if kind.epoch else array

    def _logical(self, rows: NDArray[Any], name: str) -> pl.Series:
        kind = KINDS[self.columns[name]]
        array = rows[name].astype(rows[name].dtype.newbyteorder("="))
        return pl.Series(name, array + array.dtype.type(kind.epoch) if kind.epoch else array).cast(kind.polars)


async def copy_in(connection: Connection, table: str, layout: Layout, frame: pl.DataFrame) -> None:
    """Append `frame` to `table`, all or nothing."""
    await copy_blocks(connection, table, layout, layout.encode(frame))


async def copy_blocks(connection: Connection, table: str, layout: Layout, blocks: Iterable[memoryview]) -> None:
    """Append rows that `layout.encode` made, perhaps in another thread."""
    names = sql.SQL(", ").join(map(sql.Identifier, layout.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), names)
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        await copy.write(SIGNATURE)
        for block in blocks:
            await copy.write(bytes(block))
        await copy.write(TRAILER)


async def copy_out(connection: Connection, query: sql.Composed, layout: Layout) -> pl.DataFrame:
    """The answer of `query` (values inside as literals), whose columns are those of `layout` in order."""
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(query).as_bytes(connection)
    # psycopg's own iteration awaits every row: 7 million rows take a minute. libpq's loop takes eight seconds.
    reading = asyncio.create_task(asyncio.to_thread(_read_copy, connection.pgconn, statement))
    try:
        return layout.decode(await asyncio.shield(reading))
    except asyncio.CancelledError:
        connection.cancel()
        await asyncio.wait([reading])
        raise


def _read_copy(pgconn: PGconn, statement: bytes) -> bytearray:
    """Every byte of a COPY TO STDOUT. Waits in `select`, which lets other threads run."""
    begun = pgconn.exec_(statement)
    if begun.status != ExecStatus.COPY_OUT:
        raise error_from_result(begun)
    data = bytearray()
    while (message := pgconn.get_copy_data(1))[0] >= 0:
        if message[0]:
            data += message[1]
        else:
            select.select([pgconn.socket], [], [])
            pgconn.consume_input()
    ended = begun
    while (result := pgconn.get_result()) is not None:
        ended = result
    if ended.status != ExecStatus.COMMAND_OK:
        raise error_from_result(ended)
    return data
