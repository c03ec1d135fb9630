"""What every source of prices delivers: batches of raw, unchecked bars and actions, and what it refused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

import polars as pl

BARS_SCHEMA: dict[str, pl.DataType] = {
    "symbol": pl.String(),
    "session_date": pl.Date(),
    "open": pl.Float64(),
    "high": pl.Float64(),
    "low": pl.Float64(),
    "close": pl.Float64(),
    "volume": pl.Int64(),
    "adj_close": pl.Float64(),
    "line": pl.UInt32(),
    "entity": pl.String(),
}
"""Prices as traded. `adj_close` (the vendor's), `line` (1-based, of the file) and `entity` (links the codes that one
company has had) may be null; the rest never is. `symbol` is canonical."""

ACTIONS_SCHEMA: dict[str, pl.DataType] = {
    "symbol": pl.String(),
    "ex_date": pl.Date(),
    "kind": pl.String(),
    "factor": pl.Float64(),
    "amount": pl.Float64(),
    "franked": pl.Float64(),
    "method": pl.String(),
}
"""`factor` multiplies EARLIER prices, `amount` is A$ per share, `franked` a fraction in [0, 1]; each may be null."""


@dataclass(frozen=True)
class Refused:
    """One thing that a source could not turn into bars: a whole file (`line` None), one line, or one symbol."""

    file: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.reason}"


def no_bars() -> pl.DataFrame:
    """An empty Bars frame."""
    return pl.DataFrame(schema=BARS_SCHEMA)


def no_actions() -> pl.DataFrame:
    """An empty Actions frame."""
    return pl.DataFrame(schema=ACTIONS_SCHEMA)


@dataclass(frozen=True)
class PriceBatch:
    """Bars sorted by (symbol, session_date), the actions that came with them, and what was refused.

    `file`: the file they came from, None for a source on the network. `notes`: what was mended on the way, in words.
    """

    source: str
    bars: pl.DataFrame
    actions: pl.DataFrame
    refused: tuple[Refused, ...]
    file: str | None
    notes: tuple[str, ...] = ()


LISTING_SCHEMA: dict[str, pl.DataType] = {
    "symbol": pl.String(),
    "name": pl.String(),
    "sector": pl.String(),
    "listed_on": pl.Date(),
}
"""What a source may know of each share besides its prices; all but `symbol` may be null."""


@runtime_checkable
class KnowsListing(Protocol):
    """A source of prices that also knows what its shares are called."""

    def listing(self) -> pl.DataFrame:
        """LISTING_SCHEMA, one row a share. Blocks: call it in a thread."""
        ...


class PriceProvider(Protocol):
    """A source of prices."""

    @property
    def source(self) -> str:
        """The name stored with every bar: `file:<name>`, `yahoo`, `eodhd` or `simulated`."""
        ...

    @property
    def is_simulated(self) -> bool:
        """Whether the prices are invented; everything made from them is marked so."""
        ...

    def batches(self, symbols: Sequence[str] | None, since: date | None) -> Iterator[PriceBatch]:
        """Bars of `symbols` (default: all) from `since` on (default: all). Blocks: call it in a thread."""
        ...

    def count(self) -> int | None:
        """About how many bars `batches(None, None)` will bring, for a progress bar; None when unknown."""
        ...
