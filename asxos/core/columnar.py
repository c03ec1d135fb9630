"""Whole columns in and out of PostgreSQL: binary COPY encoded and decoded by numpy, with no Python code per row.

Only for NOT NULL columns of fixed width: then every row of a binary COPY has the same size and a table is one
structured array. Format: PostgreSQL documentation, COPY, Binary Format.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from psycopg import sql

from asxos.core.copying import SIGNATURE, TRAILER, read_copy, write_copy
from asxos.core.db import Connection

R = TypeVar("R")

BLOCK_ROWS = 8_192  # about 1 MB of prices: a block is built in the processor's cache and fits a socket's buffer

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
        """The rows of `frame` (its columns by name) as blocks of a binary COPY, each good until the next is asked for.

        Raises: BrokenCopy: a column has nulls.
        """
        values = {name: self._physical(frame[name], name) for name in self.columns}
        rows = np.empty(min(BLOCK_ROWS, frame.height), self._row)
        rows["count"] = len(self.columns)
        for name in self.columns:
            rows[f"size {name}"] = self._row[name].itemsize
        for start in range(0, frame.height, BLOCK_ROWS):
            block = rows[: frame.height - start]
            for name, array in values.items():
                block[name] = array[start : start + len(block)]
            yield block.view(np.uint8).data

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
    """Append `frame` to `table`, all or nothing. Raises: BrokenCopy: a column has nulls."""
    names = sql.SQL(", ").join(map(sql.Identifier, layout.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), names)
    await _beside(connection, write_copy, statement.as_bytes(connection), layout.encode(frame))


async def copy_out(connection: Connection, query: sql.Composed, layout: Layout) -> pl.DataFrame:
    """The answer of `query` (values inside as literals), whose columns are those of `layout` in order."""
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(query)
    return layout.decode(await _beside(connection, read_copy, statement.as_bytes(connection)))


async def _beside(connection: Connection, work: Callable[..., R], *args: Any) -> R:
    """`work` on libpq's own connection in a thread; cancelled, the server is told so and the thread waited for.

    psycopg awaits every row it reads, a minute for seven million of them, and queues what it writes faster than the
    server takes it, to move the queue at every send.
    """
    working = asyncio.create_task(asyncio.to_thread(work, connection.pgconn, *args))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        connection.cancel()
        await asyncio.wait([working])
        raise
