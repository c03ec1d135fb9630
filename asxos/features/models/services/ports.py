"""What models ask of other features; joined in bootstrap."""

from datetime import date, datetime
from typing import Protocol

import polars as pl

from asxos.domain.facts import Facts


class Panels(Protocol):
    """What models ask of the market; prices come as they were known on `as_of` (default: now)."""

    async def panel(self, as_of: date | None = None) -> pl.DataFrame: ...


class FactSource(Protocol):
    """What models ask of fundamentals, short positions, news and sectors.

    As known on `as_of` (default: now), and of that what was stored before `recorded_before` (default: all).
    """

    async def facts(self, as_of: date | None = None, recorded_before: datetime | None = None) -> Facts: ...
