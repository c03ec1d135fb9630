"""SQL for corporate actions."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
from psycopg.rows import class_row

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.domain.bars.matching import ACTION_SCHEMA
from asxos.features.market.records import CorporateAction

COLUMNS = (
    *("security_id", "ex_date", "kind", "factor", "amount", "franked", "method", "known_at"),
    *("source_id", "ingest_id"),
)


class ActionRepository:
    """`corporate_actions`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def of(
        self,
        security_ids: Sequence[int] | None,
        until: date | None = None,
        known_at: datetime | None = None,
        ingest_id: int | None = None,
    ) -> pl.DataFrame:
        """The actions of some securities (None: all) with ex-date up to `until`, known by `known_at`; ACTION_SCHEMA.

        `ingest_id`: as that ingest left them. An action goes, if ever, in the ingest that brought it.
        """
        query = (
            "SELECT security_id, ex_date, kind, factor, amount::float8, franked, method FROM corporate_actions"
            " WHERE (%(ids)s::int[] IS NULL OR security_id = ANY(%(ids)s))"
            " AND (%(until)s::date IS NULL OR ex_date <= %(until)s)"
            " AND (%(known_at)s::timestamptz IS NULL OR known_at <= %(known_at)s)"
            " AND (%(ingest_id)s::int IS NULL OR ingest_id <= %(ingest_id)s) ORDER BY security_id, ex_date, id"
        )
        ids = None if security_ids is None else list(security_ids)
        values = {"ids": ids, "until": until, "known_at": known_at, "ingest_id": ingest_id}
        async with self.db.connection() as connection:
            cursor = await connection.execute(query, values)
            return pl.DataFrame(await cursor.fetchall(), schema=ACTION_SCHEMA, orient="row")

    async def of_security(self, security_id: int) -> list[CorporateAction]:
        """A share's actions, earliest first."""
        query = (
            "SELECT ex_date, kind, factor, amount, franked, method FROM corporate_actions WHERE security_id = %s"
            " ORDER BY ex_date, id"
        )
        async with (
            self.db.connection() as connection,
            connection.cursor(row_factory=class_row(CorporateAction)) as cursor,
        ):
            await cursor.execute(query, [security_id])
            return await cursor.fetchall()

    async def dividends_of(self, codes: Sequence[str]) -> dict[str, list[CorporateAction]]:
        """Every dividend of the share that each code means now, earliest first; in one query."""
        query = (
            "SELECT c.code, a.ex_date, a.kind, a.factor, a.amount, a.franked, a.method FROM"
            " (SELECT DISTINCT ON (code) code, security_id FROM security_codes WHERE code = ANY(%s)"
            " ORDER BY code, valid_from DESC) c JOIN corporate_actions a USING (security_id)"
            " WHERE a.kind = 'dividend' ORDER BY c.code, a.ex_date, a.id"
        )
        found: dict[str, list[CorporateAction]] = {}
        async with self.db.connection() as connection:
            cursor = await connection.execute(query, [list(codes)])
            for code, *values in await cursor.fetchall():
                found.setdefault(code, []).append(CorporateAction(*values))
        return found

    async def add(self, actions: pl.DataFrame, ingest_id: int, source_id: int) -> None:
        """Store actions (ACTION_SCHEMA and `known_at`) of which none stands yet."""
        labels = {"ingest_id": ingest_id, "source_id": source_id}
        rows = [_row({**row, **labels}) for row in actions.iter_rows(named=True)]
        if rows:
            async with self.db.transaction() as connection:
                await bulk_write(connection, "corporate_actions", COLUMNS, rows)

    async def retract(self, actions: pl.DataFrame) -> None:
        """Remove actions, by `security_id, ex_date, method`."""
        columns = [actions[name].to_list() for name in ("security_id", "ex_date", "method")]
        if actions.height:
            async with self.db.connection() as connection:
                await connection.execute(
                    "DELETE FROM corporate_actions WHERE (security_id, ex_date, method) IN"
                    " (SELECT * FROM unnest(%s::int[], %s::date[], %s::text[]))",
                    columns,
                )


def _row(action: Mapping[str, Any]) -> tuple[Any, ...]:
    amount = None if action["amount"] is None else Decimal(str(round(action["amount"], 6)))
    return tuple({**action, "amount": amount}[name] for name in COLUMNS)
