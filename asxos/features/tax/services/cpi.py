"""Bringing in the consumer price index; a revision is kept beside what it revises."""

import asyncio
from pathlib import Path
from typing import Any

from asxos.core.clock import Clock
from asxos.domain.calendar import sydney_date
from asxos.features.tax.repositories import CpiRepository
from asxos.providers.cpi import read_cpi


class CpiService:
    """Files into the index that cost bases are indexed by."""

    def __init__(self, cpi: CpiRepository, *, clock: Clock) -> None:
        self.cpi = cpi
        self.clock = clock

    async def ingest(self, path: Path) -> dict[str, Any]:
        """`{"rows", "changed", "refused"}`; the same file again changes nothing. Raises: BadCpiFile."""
        now = self.clock.now()
        file = await asyncio.to_thread(read_cpi, path, sydney_date(now))
        changed = await self.cpi.add(file.numbers, f"file:{path.name}", now)
        return {"rows": file.rows, "changed": changed, "refused": [str(refused) for refused in file.refused]}
