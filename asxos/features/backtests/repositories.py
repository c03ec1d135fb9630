"""SQL for the backtests table; no rules."""

from dataclasses import asdict
from typing import LiteralString

from psycopg.types.json import Json, Jsonb

from asxos.core.db import Database
from asxos.core.errors import NotFound
from asxos.core.repository import BaseRepository
from asxos.features.backtests.records import Backtest, NewBacktest

_COLUMNS: LiteralString = (
    "id, model_id, first_session, last_session, parameters, data_sha256, is_simulated, metrics, created_at"
)


class NoBacktest(NotFound):
    """No backtest has this number."""

    def __init__(self, id: int) -> None:
        super().__init__(f"No backtest {id}")


class BacktestRepository(BaseRepository[Backtest]):
    """Reports and journals apart from the rest, because lists do not need them."""

    def __init__(self, db: Database) -> None:
        super().__init__("backtests", Backtest, db)

    async def save(self, new: NewBacktest) -> int:
        """Store a run; returns its id, or that of the same run stored before."""
        values = asdict(new) | {"parameters": Jsonb(new.parameters), "metrics": Json(new.metrics)}
        async with self.db.transaction() as connection:
            await connection.execute(
                "INSERT INTO backtests (model_id, first_session, last_session, parameters, data_sha256,"
                " request_sha256, is_simulated, metrics, report, journal) VALUES (%(model_id)s, %(first_session)s,"
                " %(last_session)s, %(parameters)s, %(data_sha256)s, %(request_sha256)s, %(is_simulated)s,"
                " %(metrics)s, %(report)s, %(journal)s) ON CONFLICT (request_sha256) DO NOTHING",
                values,
            )
            found = await self.find_same(new.request_sha256)
        assert found is not None
        return found

    async def find_same(self, request_sha256: str) -> int | None:
        """The id of the run that answered this question on this data, or None."""
        async with self.db.connection() as connection:
            cursor = await connection.execute("SELECT id FROM backtests WHERE request_sha256 = %s", [request_sha256])
            row = await cursor.fetchone()
        return row[0] if row else None

    async def get(self, id: int) -> Backtest:
        """Raises: NoBacktest."""
        found = await self._one("SELECT " + _COLUMNS + " FROM {table} WHERE id = %s", [id])
        if found is None:
            raise NoBacktest(id)
        return found

    async def list_latest(self, limit: int, offset: int) -> list[Backtest]:
        """A page of runs, latest first."""
        return await self._all(
            "SELECT " + _COLUMNS + " FROM {table} ORDER BY id DESC LIMIT %s OFFSET %s", [limit, offset]
        )

    async def report(self, id: int) -> bytes:
        """The page of a run, gzipped. Raises: NoBacktest."""
        return await self._content("SELECT report FROM backtests WHERE id = %s", id)

    async def journal(self, id: int) -> bytes:
        """Every trade and payment of a run, Parquet. Raises: NoBacktest."""
        return await self._content("SELECT journal FROM backtests WHERE id = %s", id)

    async def _content(self, query: LiteralString, id: int) -> bytes:
        async with self.db.connection() as connection:
            row = await (await connection.execute(query, [id], binary=True)).fetchone()
        if row is None:
            raise NoBacktest(id)
        return bytes(row[0])
