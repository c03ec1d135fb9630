"""What every source of announcements delivers: batches of headlines with their instants, and what it refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from asxos.domain.calendar import INSTANT
from asxos.providers.prices import Refused

NEWS_SCHEMA: dict[str, pl.DataType] = {
    "symbol": pl.String(),
    "known_at": INSTANT,
    "headline": pl.String(),
    "is_price_sensitive": pl.Boolean(),
    "pages": pl.Int32(),
    "line": pl.UInt32(),
}
"""`symbol` is canonical, `known_at` when it was lodged. `is_price_sensitive`, `pages` and `line` (1-based, of the file)
may be null."""


@dataclass(frozen=True)
class NewsBatch:
    """Announcements as NEWS_SCHEMA in any order, and what was refused; `file`: where they came from, if one."""

    source: str
    news: pl.DataFrame
    refused: tuple[Refused, ...] = ()
    file: str | None = None


class NewsProvider(Protocol):
    """A source of announcements."""

    @property
    def source(self) -> str:
        """The name stored with every announcement: `file:<name>` or `simulated`."""
        ...

    @property
    def is_simulated(self) -> bool:
        """Whether the announcements are invented."""
        ...

    def batches(self) -> Iterator[NewsBatch]:
        """All there are. Blocks: call it in a thread."""
        ...
