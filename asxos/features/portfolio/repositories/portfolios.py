"""SQL for the portfolios themselves."""

from typing import Any

from psycopg.errors import UniqueViolation

from asxos.core.db import Database
from asxos.core.errors import Conflict, NotFound
from asxos.core.repository import BaseRepository
from asxos.features.portfolio.records import Portfolio


class UnknownPortfolio(NotFound):
    """The owner has no such portfolio, whoever else may."""

    def __init__(self, which: int | str) -> None:
        super().__init__(f"No portfolio {which!r}")


class NameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is a portfolio called {name!r} already")


class PortfolioRepository(BaseRepository[Portfolio]):
    """Portfolios by owner."""

    def __init__(self, db: Database) -> None:
        super().__init__("portfolios", Portfolio, db)

    async def owners(self) -> list[str]:
        """Who has portfolios: for work on everybody's, owner by owner."""
        async with self.db.connection() as connection:
            cursor = await connection.execute("SELECT DISTINCT owner_id FROM portfolios ORDER BY owner_id")
            return [row[0] for row in await cursor.fetchall()]

    async def of_owner(self, owner_id: str) -> list[Portfolio]:
        """In order of name."""
        return await self._all("SELECT * FROM {table} WHERE owner_id = %s ORDER BY name, id", [owner_id])

    async def get(self, owner_id: str, id: int) -> Portfolio:
        """Raises: UnknownPortfolio."""
        found = await self._one("SELECT * FROM {table} WHERE owner_id = %s AND id = %s", [owner_id, id])
        if found is None:
            raise UnknownPortfolio(id)
        return found

    async def find_by_name(self, owner_id: str, name: str) -> Portfolio | None:
        return await self._one("SELECT * FROM {table} WHERE owner_id = %s AND name = %s", [owner_id, name])

    async def hold(self, owner_id: str, id: int) -> Portfolio:
        """Get and lock until the transaction ends: changes of one ledger take turns. Raises: UnknownPortfolio."""
        query = "SELECT * FROM {table} WHERE owner_id = %s AND id = %s FOR UPDATE"
        found = await self._one(query, [owner_id, id])
        if found is None:
            raise UnknownPortfolio(id)
        return found

    async def create(self, owner_id: str, values: dict[str, Any]) -> Portfolio:
        """Raises: NameTaken."""
        try:
            id = await self.insert({"owner_id": owner_id, **values})
        except UniqueViolation:
            raise NameTaken(values["name"]) from None
        return await self.get(owner_id, id)

    async def change(self, owner_id: str, id: int, values: dict[str, Any]) -> Portfolio:
        """Raises: UnknownPortfolio, NameTaken."""
        await self.get(owner_id, id)
        try:
            await self.update(id, values)
        except UniqueViolation:
            raise NameTaken(values["name"]) from None
        return await self.get(owner_id, id)

    async def remove(self, owner_id: str, id: int) -> None:
        """With its ledger and imports. Raises: UnknownPortfolio."""
        await self.get(owner_id, id)
        await self.delete(id)
