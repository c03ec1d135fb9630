"""SQL for the reasons behind scores."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from asxos.core.db import Database
from asxos.core.repository import BaseRepository
from asxos.features.signals.records import Reasons


class ReasonRepository(BaseRepository[Reasons]):
    """Contributions behind each published score."""

    def __init__(self, db: Database) -> None:
        super().__init__("signal_reasons", Reasons, db)

    async def persist_reasons(self, reasons: Sequence[Reasons]) -> None:
        """Store the reasons of one ranking, replacing those that stood."""
        await self.bulk_upsert([asdict(r) for r in reasons], ("as_of", "model", "security_id"))

    async def find_reasons(self, security_id: int, model: str, as_of: date | None = None) -> Reasons | None:
        """The reasons of one score; without `as_of`, of the latest."""
        return await self._one(
            "SELECT security_id, as_of, model, unit, base, score, factors, factor_values, contributions FROM {table}"
            " WHERE security_id = %s AND model = %s AND (%s::date IS NULL OR as_of = %s) ORDER BY as_of DESC LIMIT 1",
            [security_id, model, as_of, as_of],
        )
