"""SQL for watchlists."""

from asxos.core.db import Database


class WatchlistRepository:
    """Codes that an owner follows, by list."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def lists(self, owner_id: str) -> dict[str, list[str]]:
        """The codes of every list, in the order they were added."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(
                "SELECT list, code FROM watchlist_items WHERE owner_id = %s ORDER BY list, id", [owner_id]
            )
            found: dict[str, list[str]] = {}
            for name, code in await cursor.fetchall():
                found.setdefault(name, []).append(code)
        return found

    async def add(self, owner_id: str, name: str, code: str) -> bool:
        """False when it was there."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(
                "INSERT INTO watchlist_items (owner_id, list, code) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [owner_id, name, code],
            )
        return cursor.rowcount == 1

    async def remove(self, owner_id: str, name: str, code: str) -> bool:
        """False when it was not there."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(
                "DELETE FROM watchlist_items WHERE owner_id = %s AND list = %s AND code = %s", [owner_id, name, code]
            )
        return cursor.rowcount == 1
