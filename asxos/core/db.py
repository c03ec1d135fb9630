"""Database access: one async pool, and transactions that nested calls join."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, OperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from asxos.core.errors import TransactionRequired, TransactionShared, Unavailable

Connection = AsyncConnection[Any]
Pool = AsyncConnectionPool[Connection]


class DatabaseUnavailable(Unavailable):
    """PostgreSQL does not answer, or every connection stayed busy."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"The database does not answer: {cause}")


@dataclass(frozen=True)
class _Held:
    connection: Connection
    task: asyncio.Task[Any] | None


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


def make_pool(url: str, *, min_size: int = 1, max_size: int = 10) -> Pool:
    """An unopened pool. Connections are in autocommit, so a lone read is one round trip."""
    return AsyncConnectionPool(
        url,
        min_size=min_size,
        max_size=max_size,
        timeout=10,
        open=False,
        kwargs={"autocommit": True, "options": "-c timezone=UTC"},
    )


class Database:
    """Hands out connections; inside `transaction()` every caller of the task gets the same one."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, within: float = 20) -> None:
        """Connect. Raises: DatabaseUnavailable."""
        try:
            await self._pool.open(wait=True, timeout=within)
        except PoolTimeout as error:
            raise DatabaseUnavailable(error) from error

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Connection, None]:
        """Commit on exit, roll back on error; join this task's transaction if one is open."""
        if (held := _own()) is not None:
            yield held.connection
            return
        async with self._borrowed() as connection, connection.transaction():
            token = _held.set(_Held(connection, asyncio.current_task()))
            try:
                yield connection
            finally:
                _held.reset(token)

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection, None]:
        """The open transaction's connection, else one from the pool.

        Raises:
            TransactionShared: the transaction belongs to the parent task; open one here.
            DatabaseUnavailable: no connection could be had.
        """
        if (held := _own()) is not None:
            yield held.connection
        elif _held.get() is not None:
            raise TransactionShared("a child task must open its own transaction")
        else:
            async with self._borrowed() as connection:
                yield connection

    @asynccontextmanager
    async def joined(self) -> AsyncGenerator[Connection, None]:
        """The open transaction's connection. Raises: TransactionRequired: none is open."""
        if (held := _own()) is None:
            raise TransactionRequired("this must happen in the transaction of the change it belongs to")
        yield held.connection

    @asynccontextmanager
    async def _borrowed(self) -> AsyncGenerator[Connection, None]:
        try:
            connection = await self._pool.getconn()
        except (PoolTimeout, OperationalError) as error:
            raise DatabaseUnavailable(error) from error
        try:
            yield connection
        finally:
            await self._pool.putconn(connection)


def _own() -> _Held | None:
    """What this very task holds; a child task inherits the variable but not the right to use it."""
    held = _held.get()
    return held if held is not None and held.task is asyncio.current_task() else None
