"""SQL for the reasons behind scores."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from operator import attrgetter

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.core.repository import BaseRepository
from asxos.features.signals.records import Reasons

_FIELDS = tuple(field.name for field in fields(Reasons))
_values = attrgetter(*_FIELDS)


class ReasonRepository(BaseRepository[Reasons]):
    """Contributions behind each published score."""

    def __init__(self, db: Database) -> None:
        super().__init__("signal_reasons", Reasons, db)

    async def persist_reasons(self, reasons: Sequence[Reasons]) -> None:
        """Store the reasons of one ranking, replacing those that stood."""
        if not reasons:
            return
        async with self.db.transaction() as connection:
            await connection.execute(
                "DELETE FROM signal_reasons WHERE as_of = %s AND model = %s", [reasons[0].as_of, reasons[0].model]
            )
            await bulk_write(connection, "signal_reasons", _FIELDS, [_values(r) for r in reasons])

    async def find_reasons(self, security_id: int, model: str, as_of: date | None = None) -> Reasons | None:
        """The reasons of one score; without `as_of`, of the latest."""
        return await self._one(
            "SELECT security_id, as_of, model, unit, base, score, factors, factor_values, contributions FROM {table}"
            " WHERE security_id = %s AND model = %s AND (%s::date IS NULL OR as_of = %s) ORDER BY as_of DESC LIMIT 1",
            [security_id, model, as_of, as_of],
        )
