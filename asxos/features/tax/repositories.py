"""SQL for the consumer price index."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.domain.tax.cpi import Cpi


class CpiRepository:
    """Index numbers with the instant each was learnt."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def latest(self) -> Cpi:
        """Every quarter's number as last published."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(
                "SELECT DISTINCT ON (quarter_end) quarter_end, number, known_at FROM cpi_numbers"
                " ORDER BY quarter_end, known_at DESC"
            )
            rows = await cursor.fetchall()
        return Cpi({day: number for day, number, _ in rows}, max((at.date() for _, _, at in rows), default=None))

    async def add(self, numbers: Mapping[date, Decimal], source: str, known_at: datetime) -> int:
        """Store what is new or differs from what stands; how many that were."""
        known = (await self.latest()).numbers
        news = [(day, number, source, known_at) for day, number in numbers.items() if known.get(day) != number]
        if news:
            async with self.db.transaction() as connection:
                await bulk_write(connection, "cpi_numbers", ("quarter_end", "number", "source", "known_at"), news)
        return len(news)
