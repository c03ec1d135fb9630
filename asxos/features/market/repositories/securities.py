"""SQL for securities, the codes they have had and the sectors they were in."""

from collections.abc import Sequence
from datetime import date
from typing import LiteralString

import polars as pl
from psycopg.rows import class_row

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.core.repository import BaseRepository
from asxos.domain.bars.codes import Changes, Listing, Period, Registry
from asxos.domain.bars.owners import PERIODS
from asxos.domain.facts import SECTORS
from asxos.features.market.records import Code, Security

CODES = ("security_id", "code", "valid_from", "valid_to", "last_seen")

_MATCHING: LiteralString = """
WHERE %(text)s = '' OR symbol ILIKE %(start)s OR name ILIKE %(inside)s
   OR id IN (SELECT security_id FROM security_codes WHERE code ILIKE %(start)s)
"""


class SecurityRepository(BaseRepository[Security]):
    """Securities. Their ids are given by the registry, which has one writer at a time."""

    def __init__(self, db: Database) -> None:
        super().__init__("securities", Security, db)

    async def registry(self) -> Registry:
        """Every listing and code period that is stored."""
        async with self.db.connection() as connection:
            listings = await connection.execute("SELECT id, symbol, entity FROM securities ORDER BY id")
            rows = await listings.fetchall()
            async with connection.cursor(row_factory=class_row(Period)) as cursor:
                await cursor.execute("SELECT security_id, code, valid_from, last_seen, valid_to FROM security_codes")
                periods = await cursor.fetchall()
        return Registry.of([Listing(*row) for row in rows], periods)

    async def save_changes(self, changes: Changes, *, is_simulated: bool) -> None:
        """Store what placing bars changed."""
        created = [(x.id, x.symbol, x.entity, is_simulated) for x in changes.listings if x.id in changes.created]
        altered = [x for x in changes.listings if x.id not in changes.created]
        async with self.db.transaction() as connection:
            # Codes may change hands among the altered: out of the way first, so that no step has two of one symbol.
            await connection.execute(
                "UPDATE securities SET symbol = '?' || id WHERE id = ANY(%s)", [[x.id for x in altered]]
            )
            await connection.execute(
                "UPDATE securities s SET symbol = x.symbol, entity = x.entity"
                " FROM unnest(%s::int[], %s::text[], %s::text[]) AS x (id, symbol, entity) WHERE s.id = x.id",
                [[x.id for x in altered], [x.symbol for x in altered], [x.entity for x in altered]],
            )
            if created:
                await bulk_write(connection, "securities", ("id", "symbol", "entity", "is_simulated"), created)
            await connection.execute("DELETE FROM security_codes WHERE code = ANY(%s)", [list(changes.periods)])
            rows = [
                (p.security_id, p.code, p.valid_from, p.valid_to, p.last_seen)
                for periods in changes.periods.values()
                for p in periods
            ]
            if rows:
                await bulk_write(connection, "security_codes", CODES, rows)

    async def describe(self, rows: Sequence[tuple[int, str | None, str | None, str | None, date | None]]) -> int:
        """Set `name, sector, industry, listed_on` of the security `id`, where given and different; how many changed."""
        if not rows:
            return 0
        async with self.db.connection() as connection:
            cursor = await connection.execute(
                "UPDATE securities s SET (name, sector, industry, listed_on) = (coalesce(x.name, s.name),"
                " coalesce(x.sector, s.sector), coalesce(x.industry, s.industry), coalesce(x.listed_on, s.listed_on))"
                " FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::date[])"
                " AS x (id, name, sector, industry, listed_on)"
                " WHERE s.id = x.id AND (coalesce(x.name, s.name), coalesce(x.sector, s.sector),"
                " coalesce(x.industry, s.industry), coalesce(x.listed_on, s.listed_on))"
                " IS DISTINCT FROM (s.name, s.sector, s.industry, s.listed_on)",
                [list(column) for column in zip(*rows, strict=True)],
            )
        return cursor.rowcount

    async def fill_from_sectors(self) -> int:
        """Give securities without a sector their latest dated one; how many were given one."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(
                "UPDATE securities s SET sector = x.sector FROM (SELECT DISTINCT ON (security_id) security_id, sector"
                " FROM security_sectors ORDER BY security_id, valid_from DESC) x"
                " WHERE s.id = x.security_id AND s.sector IS NULL"
            )
        return cursor.rowcount

    async def save_sectors(self, rows: Sequence[tuple[int, str, date, date | None]]) -> None:
        """Store `security_id, sector, valid_from, valid_to`, replacing what stands from the same day on."""
        columns = ("security_id", "sector", "valid_from", "valid_to")
        if rows:
            async with self.db.transaction() as connection:
                await bulk_write(connection, "security_sectors", columns, rows, ["security_id", "valid_from"])

    async def sectors(self, until: date | None) -> pl.DataFrame:
        """The schema SECTORS: the dated ones that began up to `until` (None: all), else the undated one."""
        query = (
            "SELECT security_id, valid_from, sector FROM security_sectors"
            " WHERE %(until)s::date IS NULL OR valid_from <= %(until)s"
            " UNION ALL SELECT id, date '1900-01-01', sector FROM securities s WHERE sector IS NOT NULL"
            " AND NOT EXISTS (SELECT FROM security_sectors WHERE security_id = s.id) ORDER BY 1, 2"
        )
        async with self.db.connection() as connection:
            cursor = await connection.execute(query, {"until": until})
            return pl.DataFrame(await cursor.fetchall(), schema=dict(SECTORS), orient="row")

    async def code_periods(self) -> pl.DataFrame:
        """Every code of every security: PERIODS."""
        query = "SELECT code, security_id, valid_from, valid_to FROM security_codes"
        async with self.db.connection() as connection:
            cursor = await connection.execute(query)
            return pl.DataFrame(await cursor.fetchall(), schema=PERIODS, orient="row")

    async def find_by_symbol(self, symbol: str) -> Security | None:
        """The security with this canonical symbol."""
        return await self._one("SELECT * FROM {table} WHERE symbol = %s", [symbol])

    async def find_by_code(self, code: str, on: date) -> Security | None:
        """The security that had the code on a date, else the last before it, else the first after it."""
        return await self._one(
            "SELECT s.* FROM security_codes c JOIN {table} s ON s.id = c.security_id WHERE c.code = %s"
            " ORDER BY c.valid_from > %s, CASE WHEN c.valid_from <= %s THEN c.valid_from END DESC, c.valid_from"
            " LIMIT 1",
            [code, on, on],
        )

    async def codes(self, security_id: int) -> list[Code]:
        """Every code of a security, earliest first."""
        query = "SELECT code, valid_from, valid_to FROM security_codes WHERE security_id = %s ORDER BY valid_from"
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(Code)) as cursor:
            await cursor.execute(query, [security_id])
            return await cursor.fetchall()

    async def all(self) -> list[Security]:
        """Every security."""
        return await self._all("SELECT * FROM {table} ORDER BY id", [])

    async def search(self, text: str, limit: int, offset: int) -> tuple[list[Security], int]:
        """A page of those whose symbol, former code or name matches, exact codes first; and how many there are."""
        escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        params = {"text": text, "start": f"{escaped}%", "inside": f"%{escaped}%", "exact": f"{text.upper()}.AX"}
        params |= {"limit": limit, "offset": offset}
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(Security)) as cursor:
            await cursor.execute(
                f"SELECT * FROM securities {_MATCHING} ORDER BY symbol <> %(exact)s, symbol"
                " LIMIT %(limit)s OFFSET %(offset)s",
                params,
            )
            found = await cursor.fetchall()
            total = await (await connection.execute(f"SELECT count(*) FROM securities {_MATCHING}", params)).fetchone()
        return found, total[0] if total else 0

    async def is_simulated(self) -> bool | None:
        """Whether the stored securities are invented; None when there are none. They are never mixed."""
        async with self.db.connection() as connection:
            row = await (await connection.execute("SELECT is_simulated FROM securities LIMIT 1")).fetchone()
        return row[0] if row else None
