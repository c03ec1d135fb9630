"""What the ensemble's members weighed on each session; rows are added, never changed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from asxos.core.db import Database
from asxos.core.repository import BaseRepository
from asxos.features.models.records import SessionWeights


class WeightRepository(BaseRepository[SessionWeights]):
    """Weights by session and by what they were made from."""

    def __init__(self, db: Database) -> None:
        super().__init__("ensemble_weights", SessionWeights, db)

    async def find(self, session: date, basis: Mapping[str, Any]) -> SessionWeights | None:
        """The weights made on a session from that basis, or None."""
        return await self._one(
            "SELECT * FROM {table} WHERE session_date = %s AND basis_sha256 = %s", [session, basis_sha256(basis)]
        )

    async def find_made(self, session: date, basis: Mapping[str, Any]) -> SessionWeights | None:
        """The weights last made from that basis on a session up to `session`, or None."""
        return await self._one(
            "SELECT * FROM {table} WHERE session_date <= %s AND basis_sha256 = %s ORDER BY session_date DESC LIMIT 1",
            [session, basis_sha256(basis)],
        )

    async def keep(self, session: date, basis: Mapping[str, Any], weights: Mapping[str, float]) -> SessionWeights:
        """Store a session's weights; those kept before from the same basis stay, and are returned."""
        async with self.db.transaction() as connection:
            await connection.execute(
                "INSERT INTO ensemble_weights (session_date, basis_sha256, basis, weights) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (session_date, basis_sha256) DO NOTHING",
                [session, basis_sha256(basis), Jsonb(basis), Jsonb(weights)],
            )
            stored = await self.find(session, basis)
        assert stored is not None
        return stored

    async def latest(self, session: date | None = None) -> SessionWeights | None:
        """The weights last made for the latest session up to `session` (default: of all), or None."""
        return await self._one(
            "SELECT * FROM {table} WHERE %s::date IS NULL OR session_date <= %s"
            " ORDER BY session_date DESC, id DESC LIMIT 1",
            [session, session],
        )


def basis_sha256(basis: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(basis, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
