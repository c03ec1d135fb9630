"""What the market feature stores and hands out, as typed records."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from asxos.providers.prices import Refused


@dataclass(frozen=True)
class Security:
    """A share. `symbol` is canonical; one that lost its code to another company is `XYZ~1.AX`."""

    id: int
    symbol: str
    name: str | None
    sector: str | None
    industry: str | None
    listed_on: date | None
    delisted_on: date | None
    is_simulated: bool
    entity: str | None
    created_at: datetime


@dataclass(frozen=True)
class Code:
    """A code that a security had from `valid_from` until before `valid_to` (None: still)."""

    code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Quote:
    """The latest close of a share as traded; `change` an adjusted fraction; `spark` 30 base62 digits; A$ turnover."""

    security_id: int
    session_date: date
    close: float
    change: float | None
    spark: str
    turnover_20: float


@dataclass(frozen=True, slots=True)
class LatestPrice:
    """The latest close of what a code means now, as traded, A$, its A$ turnover, and the source of that bar."""

    code: str
    symbol: str
    name: str | None
    sector: str | None
    session_date: date
    close: float
    change: float | None
    turnover_20: float
    source: str


@dataclass(frozen=True)
class CorporateAction:
    """`factor` multiplies earlier prices, `amount` is A$ a share, `franked` a fraction."""

    ex_date: date
    kind: str
    factor: float | None
    amount: Decimal | None
    franked: float | None
    method: str


@dataclass(frozen=True)
class Ingest:
    """One run of an ingest and what it counted."""

    id: int
    source: str
    path: str | None
    started_at: datetime
    finished_at: datetime | None
    state: str
    counts: Mapping[str, Any]
    error: str | None


@dataclass(frozen=True)
class QuarantinedBar:
    """A row kept out of the prices, as delivered, and why."""

    id: int
    source: str
    file: str | None
    line: int | None
    symbol: str | None
    session_date: date | None
    close: float | None
    volume: int | None
    reason: str
    detail: str
    state: str


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did. Bars unless said otherwise.

    `quarantined`: rows that went into quarantine now (`held` of them may yet be released); `released`: taken out of it.
    `refused`: files, lines and symbols that could not be read, in words. `disagreeing` of the `compared` bars differ
    from the vendor's adjusted close by over 10 basis points.
    """

    source: str
    added: int
    revised: int
    unchanged: int
    quarantined: int
    held: int
    released: int
    actions: int
    securities: int
    refused: tuple[Refused, ...]
    notes: tuple[str, ...]
    compared: int
    disagreeing: int
    first_session: date | None
    last_session: date | None
    seconds: float

    @property
    def rows(self) -> int:
        """Every bar that was looked at."""
        return self.added + self.revised + self.unchanged + self.quarantined

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds if self.seconds else 0.0
