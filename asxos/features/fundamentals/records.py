"""What the fundamentals feature stores and hands out, as typed records."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import LiteralString


class Source(IntEnum):
    """The kind of table that figures came in; where two say something at one instant, the higher is believed."""

    SHARE_TABLE = 1
    TOP_TABLE = 2
    MARKET_CAPS = 3
    OWN = 4


@dataclass(frozen=True)
class Book:
    """A table of facts, in words; its columns that make a fact one, and those that hold its figures."""

    table: LiteralString
    words: str
    key: tuple[str, ...]
    figures: tuple[str, ...]


COMPANIES = Book(
    "fundamentals",
    "fundamentals",
    ("security_id", "source", "as_of", "published"),
    (
        "market_cap",
        "earnings_per_share",
        "dividends_per_share",
        "book_per_share",
        "tangible_per_share",
        "franking",
    ),
)
SHORT_POSITIONS = Book(
    "short_positions", "short positions", ("security_id", "as_of"), ("short_share", "short_quantity")
)


@dataclass(frozen=True)
class Figures:
    """What was published of a company at once; A$, of a share unless it is the market cap; missing is None."""

    as_of: date
    published: date
    known_at: datetime
    market_cap: float | None
    earnings_per_share: float | None
    dividends_per_share: float | None
    book_per_share: float | None
    tangible_per_share: float | None
    franking: float | None


@dataclass(frozen=True)
class ShortPosition:
    """What was sold short at the end of `as_of`: a fraction of the issued shares, and how many."""

    as_of: date
    known_at: datetime
    short_share: float | None
    short_quantity: float | None


@dataclass(frozen=True)
class FactsReport:
    """What an ingest of facts did, in rows of its files; `refused` in words, each with its file and first line."""

    rows: int = 0
    added: int = 0
    corrected: int = 0
    unchanged: int = 0
    refused_rows: int = 0
    refused: tuple[str, ...] = ()

    def __add__(self, other: "FactsReport") -> "FactsReport":
        return FactsReport(**{name: value + getattr(other, name) for name, value in vars(self).items()})
