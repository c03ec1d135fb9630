"""What can stand in a ledger: one frozen record a line, checked when it is made."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from asxos.domain.money import ZERO


class Kind(StrEnum):
    BUY = "buy"
    SELL = "sell"
    OPENING = "opening"
    """Units held before the ledger begins; their cost or their date may be unknown."""
    DIVIDEND = "dividend"
    DRP = "drp"
    """A dividend taken in units: assessable as a dividend, a new parcel at the plan's price, the residual carried."""
    SPLIT = "split"
    CONSOLIDATION = "consolidation"
    RETURN_OF_CAPITAL = "return_of_capital"
    DEMERGER = "demerger"
    RIGHTS = "rights"
    """Units taken up and paid for under an entitlement."""
    CODE_CHANGE = "code_change"
    AMIT = "amit"
    """The cost base adjustment of an attribution managed trust: an excess is negative, a shortfall positive."""
    FEE = "fee"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    INTEREST = "interest"


ACQUIRING = frozenset({Kind.BUY, Kind.OPENING, Kind.DRP, Kind.RIGHTS})
CASH_ONLY = frozenset({Kind.FEE, Kind.CASH_IN, Kind.CASH_OUT, Kind.INTEREST})
RESCALING = frozenset({Kind.SPLIT, Kind.CONSOLIDATION})
# What must be said of each kind besides its date; `code` of every kind that is not of cash only.
_NEEDED: dict[Kind, tuple[str, ...]] = {
    Kind.BUY: ("quantity", "amount"),
    Kind.SELL: ("quantity", "amount"),
    Kind.OPENING: ("quantity",),
    Kind.DIVIDEND: ("amount",),
    Kind.DRP: ("quantity", "amount", "price"),
    Kind.SPLIT: ("ratio",),
    Kind.CONSOLIDATION: ("ratio",),
    Kind.RETURN_OF_CAPITAL: ("price",),
    Kind.DEMERGER: ("ratio", "cost_share", "into"),
    Kind.RIGHTS: ("quantity", "amount"),
    Kind.CODE_CHANGE: ("into",),
    Kind.AMIT: ("amount",),
    Kind.FEE: ("amount",),
    Kind.CASH_IN: ("amount",),
    Kind.CASH_OUT: ("amount",),
    Kind.INTEREST: ("amount",),
}
_ABOVE_ZERO = ("quantity", "ratio", "rate")
_NOT_NEGATIVE = ("price", "brokerage", "franked", "lic_gain")


class BadTransaction(ValueError):
    """A line that no ledger can hold; `field` names what is wrong with it."""

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"{field} {fault}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Chosen:
    """Units of one parcel, named by the transaction that began it, that the investor chose to sell."""

    parcel: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Transaction:
    """One line, in A$; what was in another currency has been translated at its own date's rate before.

    `id`: the same for the same line, however often and in whatever order it is imported. `on`: the contract date of a
    trade, the effective date of a corporate action, the payment date of income. `amount`: the whole sum: a trade's
    consideration without brokerage, the cash of income. `price`: A$ a unit. `ratio`: new units for one old.
    `cost_share`: the part of the cost base that goes to the demerged company, a fraction. `into`: the other code.
    `franked`: the franked part of a dividend, A$; `franking_credit` as the statement says it, or None to work it out.
    `lic_gain`: the attributable part of a listed investment company's dividend, A$. `chosen` and `reason`: the
    investor's own selection of parcels and why, recorded at the time of sale (TD 33). `currency`, `rate` (A$ for one
    unit of it) and `rate_source`: what the sums were translated from.
    Raises: BadTransaction.
    """

    id: str
    kind: Kind
    on: date
    code: str | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    price: Decimal | None = None
    brokerage: Decimal = ZERO
    ratio: Decimal | None = None
    cost_share: Decimal | None = None
    into: str | None = None
    ex_date: date | None = None
    franked: Decimal | None = None
    franking_credit: Decimal | None = None
    lic_gain: Decimal | None = None
    acquired: date | None = None
    chosen: tuple[Chosen, ...] = ()
    reason: str | None = None
    currency: str = "AUD"
    rate: Decimal | None = None
    rate_source: str | None = None

    def __post_init__(self) -> None:
        for name in _NEEDED[self.kind]:
            if getattr(self, name) is None:
                raise BadTransaction(name, f"is missing from a {self.kind.value}")
        if (self.code is None) is not (self.kind in CASH_ONLY):
            raise BadTransaction("code", "is missing" if self.code is None else f"has no place in a {self.kind.value}")
        self._check_numbers()

    def _check_numbers(self) -> None:
        for name in ("quantity", "amount", "price", "brokerage", "ratio", "cost_share", "franked", "lic_gain", "rate"):
            value: Decimal | None = getattr(self, name)
            if value is None:
                continue
            if not value.is_finite():
                raise BadTransaction(name, f"is not a number: {value}")
            if name in _ABOVE_ZERO and value <= 0:
                raise BadTransaction(name, f"must be above zero, was {value}")
            if name in _NOT_NEGATIVE and value < 0:
                raise BadTransaction(name, f"must not be negative, was {value}")
        if self.amount is not None and self.amount < 0 and self.kind is not Kind.AMIT:
            raise BadTransaction("amount", f"must not be negative, was {self.amount}")
        if self.cost_share is not None and not 0 <= self.cost_share <= 1:
            raise BadTransaction("cost_share", f"must be a fraction, was {self.cost_share}")


# On one day: what rescales or renames comes before the open, then units come in, then they go out, then the year's
# adjustments. Content decides the rest, so the order of import does not matter.
_PHASES: tuple[frozenset[Kind], ...] = (
    frozenset({Kind.CODE_CHANGE}),
    RESCALING,
    frozenset({Kind.DEMERGER}),
    ACQUIRING,
    frozenset({Kind.RETURN_OF_CAPITAL, Kind.AMIT}),
    frozenset({Kind.SELL}),
)


_PHASE = {kind: next((n for n, kinds in enumerate(_PHASES) if kind in kinds), len(_PHASES)) for kind in Kind}


def in_order(transactions: list[Transaction]) -> list[Transaction]:
    """The lines as they take effect: by date, then by kind, then by id."""
    return sorted(transactions, key=lambda t: (t.on, _PHASE[t.kind], t.id))
