"""What follows from a ledger: gains as they happened, income, units that were sold without having been bought."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from asxos.domain.ledger.parcels import Method
from asxos.domain.money import ZERO


class CgtEvent(StrEnum):
    """The events of the Income Tax Assessment Act 1997 that a share portfolio meets."""

    A1 = "A1"
    """A disposal."""
    G1 = "G1"
    """A return of capital above the cost base."""
    E10 = "E10"
    """An AMIT excess above the cost base."""


@dataclass(frozen=True, slots=True)
class Disposal:
    """One parcel's part of one capital gains event; A$, proceeds after brokerage.

    `cost_base` None: not known, so there is no gain to speak of yet. `deferred`: the gain to 30 June 2027 that this
    event brings to tax beside its own; `reset_on`: as of the parcel.
    """

    transaction: str
    event: CgtEvent
    code: str
    parcel: str
    acquired: date | None
    on: date
    quantity: Decimal
    cost_base: Decimal | None
    proceeds: Decimal
    method: Method
    reason: str | None = None
    deferred: Decimal | None = None
    reset_on: date | None = None

    @property
    def gain(self) -> Decimal | None:
        """Proceeds less cost base, before indexation, losses and discount."""
        return None if self.cost_base is None else self.proceeds - self.cost_base


@dataclass(frozen=True, slots=True)
class Income:
    """A dividend or distribution, A$; `franking_credit` as the statement says it, None where it must be worked out."""

    transaction: str
    code: str
    on: date
    ex_date: date | None
    amount: Decimal
    franked: Decimal | None
    franking_credit: Decimal | None
    lic_gain: Decimal = ZERO
    reinvested: bool = False


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Units sold that no parcel covers: kept apart with what they fetched, never taken at a cost of zero."""

    transaction: str
    code: str
    on: date
    quantity: Decimal
    proceeds: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """Units in (above zero) or out of a holding, as the 45-day rule counts them; a rescaling has `ratio`."""

    code: str
    on: date
    quantity: Decimal = ZERO
    ratio: Decimal | None = None
    into: str | None = None
