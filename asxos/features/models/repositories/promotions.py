"""The ledger of promotions: every decision on a version, chained by hash; it only grows."""

from dataclasses import asdict, fields
from datetime import date
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from asxos.core.db import Database
from asxos.core.repository import BaseRepository
from asxos.domain.chain import START, first_break, link
from asxos.features.models.records import NewPromotion, Promotion

# Rows follow one another, so whoever writes waits for the one before.
_LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('model_promotions', 0))"
_LAST: LiteralString = "SELECT sha256 FROM model_promotions ORDER BY id DESC LIMIT 1"


class PromotionRepository(BaseRepository[Promotion]):
    """Decisions by model, and the champions they make."""

    def __init__(self, db: Database) -> None:
        super().__init__("model_promotions", Promotion, db)

    async def append(self, new: NewPromotion) -> Promotion:
        """Write a decision after the last one."""
        async with self.db.transaction() as connection:
            await connection.execute(_LOCK)
            last = await (await connection.execute(_LAST)).fetchone()
            sha256 = link(last[0] if last else START, _content(new))
            id = await self.insert(asdict(new) | {"gate": Jsonb(new.gate), "sha256": sha256})
            stored = await self.find_by_id(id)
        assert stored is not None
        return stored

    async def champions(self, session: date | None = None) -> dict[str, Promotion]:
        """By model, the decision that holds on `session` (default: ever after the last one)."""
        found = await self._all(
            "SELECT DISTINCT ON (model_id) * FROM {table} WHERE action <> 'refuse'"
            " AND (%s::date IS NULL OR effective_from <= %s) ORDER BY model_id, effective_from DESC, id DESC",
            [session, session],
        )
        return {promotion.model_id: promotion for promotion in found}

    async def of(self, model_id: str, limit: int = 1_000) -> list[Promotion]:
        """Every decision on a model, latest first."""
        return await self._all("SELECT * FROM {table} WHERE model_id = %s ORDER BY id DESC LIMIT %s", [model_id, limit])

    async def latest(self, limit: int) -> list[Promotion]:
        """The last decisions on any model, latest first."""
        return await self._all("SELECT * FROM {table} ORDER BY id DESC LIMIT %s", [limit])

    async def is_decided(self, model_id: str, version: int) -> bool:
        """Whether anything has been decided on a version."""
        return await self.count("model_id = %s AND version = %s", [model_id, version]) > 0

    async def find_break(self) -> Promotion | None:
        """The first decision that does not follow from those before: it, or one before it, was altered or removed."""
        rows = await self._all("SELECT * FROM {table} ORDER BY id", [])
        broken = first_break((_content(row), row.sha256) for row in rows)
        return None if broken is None else rows[broken]


def _content(row: NewPromotion) -> dict[str, Any]:
    """What a row's hash is of: all that was decided."""
    content = {field.name: getattr(row, field.name) for field in fields(NewPromotion)}
    days = {"effective_from": row.effective_from.isoformat(), "decided_at": row.decided_at.isoformat()}
    return content | days
