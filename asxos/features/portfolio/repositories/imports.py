"""SQL for imports: what was brought in, what became of each row, and how an owner's files name their columns."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.core.repository import BaseRepository
from asxos.features.portfolio.records import Import, ImportRow


class ImportRepository(BaseRepository[Import]):
    """Imports by portfolio."""

    def __init__(self, db: Database) -> None:
        super().__init__("portfolio_imports", Import, db)

    async def of_portfolio(self, owner_id: str, portfolio_id: int) -> list[Import]:
        """Latest first."""
        return await self._all(
            "SELECT * FROM {table} WHERE owner_id = %s AND portfolio_id = %s ORDER BY id DESC",
            [owner_id, portfolio_id],
        )

    async def add(self, owner_id: str, values: Mapping[str, Any]) -> int:
        """Returns the import's id."""
        return await self.insert({"owner_id": owner_id, **values})

    async def add_rows(self, owner_id: str, import_id: int, rows: Sequence[ImportRow]) -> None:
        """Keep the rows of an import as delivered."""
        if not rows:
            return
        names = [field.name for field in fields(ImportRow)]
        columns, values_of = ("owner_id", "import_id", *names), attrgetter(*names)
        async with self.db.transaction() as connection:
            values = [(owner_id, import_id, *values_of(row)) for row in rows]
            await bulk_write(connection, "portfolio_import_rows", columns, values)

    async def rows(self, owner_id: str, portfolio_id: int, import_id: int) -> list[ImportRow]:
        """In the order of the file."""
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(ImportRow)) as cursor:
            await cursor.execute(
                "SELECT line, place, outcome, reason, content, r.sha256, transaction_id FROM portfolio_import_rows r"
                " JOIN portfolio_imports i ON i.id = r.import_id"
                " WHERE r.owner_id = %s AND i.portfolio_id = %s AND import_id = %s ORDER BY place",
                [owner_id, portfolio_id, import_id],
            )
            return await cursor.fetchall()

    async def find_mapping(self, owner_id: str, header: str) -> dict[str, str] | None:
        """What the owner said before of a file with this header."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(
                "SELECT mapping FROM import_mappings WHERE owner_id = %s AND header = %s", [owner_id, header]
            )
            row = await cursor.fetchone()
        return None if row is None else row[0]

    async def save_mapping(self, owner_id: str, header: str, mapping: Mapping[str, str]) -> None:
        async with self.db.connection() as connection:
            await connection.execute(
                "INSERT INTO import_mappings (owner_id, header, mapping) VALUES (%s, %s, %s)"
                " ON CONFLICT (owner_id, header) DO UPDATE SET mapping = EXCLUDED.mapping",
                [owner_id, header, Jsonb(dict(mapping))],
            )
