"""What the portfolio tables hold."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any
from uuid import UUID

from asxos.domain.ledger.transactions import Chosen, Kind, Transaction


@dataclass(frozen=True, slots=True)
class Portfolio:
    """`marginal_rate`: a fraction, None where not told; `broker`: whose tariff orders are costed by."""

    id: int
    owner_id: str
    name: str
    entity: str
    method: str
    currency: str
    marginal_rate: Decimal | None
    broker: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line that stands: its transaction and where it came from."""

    seq: int
    transaction: Transaction
    settles: date | None
    reference: str | None
    import_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line about to be stored; `replaces`: the id of one that it corrects."""

    transaction: Transaction
    replaces: str | None = None
    settles: date | None = None
    reference: str | None = None
    import_id: int | None = None


@dataclass(frozen=True, slots=True)
class Import:
    id: int
    owner_id: str
    portfolio_id: int
    file: str
    sha256: str
    layout: str
    broker: str
    added: int
    duplicates: int
    refused: int
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What became of one row of a file; `content` is masked."""

    line: int
    place: int
    outcome: str
    reason: str | None
    content: str
    sha256: str
    transaction_id: str | None


@dataclass(frozen=True, slots=True)
class StoredValuation:
    """A portfolio at the close of a session, A$; None is unknown. `ml_prob`, `confidence`: the ensemble's, by value."""

    portfolio_id: int
    session_date: date
    value: Decimal | None
    cost_base: Decimal | None
    gain: Decimal | None
    income: Decimal
    cash: Decimal | None
    ml_prob: float | None
    confidence: float | None
    holdings: int
    unpriced: int
    event_id: UUID | None
    valued_at: datetime


def as_columns(owner_id: str, portfolio_id: int, new: NewLine) -> dict[str, Any]:
    """A new line as the table's columns."""
    said = new.transaction
    return {
        "owner_id": owner_id,
        "portfolio_id": portfolio_id,
        "id": said.id,
        "replaces": new.replaces,
        "kind": said.kind.value,
        "on_date": said.on,
        "code": said.code,
        **dict(zip(NUMBERS, _NUMBERS_OF(said), strict=True)),
        "into_code": said.into,
        "ex_date": said.ex_date,
        "acquired": said.acquired,
        "chosen": [[choice.parcel, str(choice.quantity)] for choice in said.chosen],
        "reason": said.reason,
        "currency": said.currency,
        "rate_source": said.rate_source,
        "settles": new.settles,
        "reference": new.reference,
        "import_id": new.import_id,
    }


NUMBERS = (
    *("quantity", "amount", "price", "brokerage", "ratio", "cost_share", "franked", "franking_credit"),
    *("lic_gain", "rate"),
)
_NUMBERS_OF = attrgetter(*NUMBERS)


def transaction_of(row: dict[str, Any]) -> Transaction:
    """A row of the table as its transaction; zeros behind the last digit are not part of a number."""
    numbers = {name: _plain(row[name]) for name in NUMBERS}
    return Transaction(
        id=row["id"],
        kind=Kind(row["kind"]),
        on=row["on_date"],
        code=row["code"],
        into=row["into_code"],
        ex_date=row["ex_date"],
        acquired=row["acquired"],
        chosen=tuple(Chosen(parcel, Decimal(quantity)) for parcel, quantity in row["chosen"]),
        reason=row["reason"],
        currency=row["currency"],
        rate_source=row["rate_source"],
        **numbers,
    )


def _plain(value: Decimal | None) -> Any:
    return None if value is None else value.normalize() + 0
