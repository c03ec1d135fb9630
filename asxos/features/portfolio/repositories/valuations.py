"""SQL for what portfolios were worth, one row a portfolio and session."""

from dataclasses import asdict
from datetime import date

from psycopg import sql
from psycopg.rows import class_row

from asxos.core.db import Database
from asxos.features.portfolio.records import StoredValuation


class ValuationRepository:
    """`portfolio_valuations`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def save(self, owner_id: str, valuation: StoredValuation) -> None:
        """Store it, in the place of what stands for the same session."""
        columns = {"owner_id": owner_id, **asdict(valuation)}
        names = list(map(sql.Identifier, columns))
        changes = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(name) for name in names)
        query = sql.SQL(
            "INSERT INTO portfolio_valuations AS stood ({}) VALUES ({}) ON CONFLICT (portfolio_id, session_date)"
            " DO UPDATE SET {} WHERE stood.owner_id = excluded.owner_id"
        ).format(sql.SQL(", ").join(names), sql.SQL(", ").join(sql.Placeholder() * len(names)), changes)
        async with self.db.connection() as connection:
            await connection.execute(query, list(columns.values()))

    async def of_portfolio(
        self, owner_id: str, portfolio_id: int, first: date | None, last: date | None
    ) -> list[StoredValuation]:
        """From `first` to `last` (None: all), oldest first."""
        query = (
            "SELECT portfolio_id, session_date, value, cost_base, gain, income, cash, ml_prob, confidence, holdings,"
            " unpriced, event_id, valued_at FROM portfolio_valuations WHERE owner_id = %s AND portfolio_id = %s"
            " AND session_date BETWEEN coalesce(%s, date '-infinity') AND coalesce(%s, date 'infinity')"
            " ORDER BY session_date"
        )
        async with (
            self.db.connection() as connection,
            connection.cursor(row_factory=class_row(StoredValuation)) as cursor,
        ):
            await cursor.execute(query, [owner_id, portfolio_id, first, last])
            return await cursor.fetchall()
