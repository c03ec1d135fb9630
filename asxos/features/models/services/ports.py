"""What models ask of other features; joined in bootstrap."""

from datetime import date
from typing import Protocol

import polars as pl


class Panels(Protocol):
    """What models ask of the market; prices come as they were known on `as_of` (default: now)."""

    async def panel(self, as_of: date | None = None) -> pl.DataFrame: ...
