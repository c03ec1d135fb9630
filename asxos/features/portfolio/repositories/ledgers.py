"""SQL for the lines of ledgers: appended, read as they stand, never changed."""

from collections.abc import Sequence
from typing import LiteralString

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.features.portfolio.records import NewLine, StoredLine, as_columns, transaction_of

# A line stands unless a later one replaces it.
_STANDING: LiteralString = (
    "SELECT * FROM transactions t WHERE owner_id = %(owner)s AND portfolio_id = %(portfolio)s AND kind IS NOT NULL"
    " AND NOT EXISTS (SELECT FROM transactions r WHERE r.portfolio_id = t.portfolio_id AND r.replaces = t.id)"
)


class LedgerRepository:
    """Lines of one portfolio's ledger."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def lines(self, owner_id: str, portfolio_id: int) -> list[StoredLine]:
        """Every line that stands, oldest first."""
        async with self.db.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(_STANDING + " ORDER BY on_date, seq", {"owner": owner_id, "portfolio": portfolio_id})
            rows = await cursor.fetchall()
        return [
            StoredLine(
                row["seq"], transaction_of(row), row["settles"], row["reference"], row["import_id"], row["created_at"]
            )
            for row in rows
        ]

    async def revision(self, owner_id: str, portfolio_id: int) -> int:
        """The number of the last row written; the ledger is the same as long as it is."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(
                "SELECT coalesce(max(seq), 0) FROM transactions WHERE owner_id = %s AND portfolio_id = %s",
                [owner_id, portfolio_id],
            )
            row = await cursor.fetchone()
        assert row is not None
        return int(row[0])

    async def known(self, owner_id: str, portfolio_id: int, ids: Sequence[str]) -> set[str]:
        """Which of these ids the ledger has ever had, standing or not."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(
                "SELECT id FROM transactions WHERE owner_id = %s AND portfolio_id = %s AND id = ANY(%s)",
                [owner_id, portfolio_id, list(ids)],
            )
            return {row[0] for row in await cursor.fetchall()}

    async def append(self, owner_id: str, portfolio_id: int, lines: Sequence[NewLine]) -> None:
        """Add lines, all or none; their ids must be new."""
        if not lines:
            return
        rows = [as_columns(owner_id, portfolio_id, line) for line in lines]
        columns = list(rows[0])
        values = [[Jsonb(row[name]) if name == "chosen" else row[name] for name in columns] for row in rows]
        async with self.db.transaction() as connection:
            await bulk_write(connection, "transactions", columns, values)

    async def annul(self, owner_id: str, portfolio_id: int, id: str, by: str) -> None:
        """Take a line away by a row without a kind, whose own id is `by`."""
        async with self.db.connection() as connection:
            await connection.execute(
                "INSERT INTO transactions (owner_id, portfolio_id, id, replaces, on_date)"
                " SELECT owner_id, portfolio_id, %s, id, on_date FROM transactions"
                " WHERE owner_id = %s AND portfolio_id = %s AND id = %s",
                [by, owner_id, portfolio_id, id],
            )
