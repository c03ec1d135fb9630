"""Parcels: units bought together, and which of them a sale takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from asxos.domain.ledger.transactions import Chosen
from asxos.domain.money import part_of


class Method(StrEnum):
    """Which parcels a sale takes where the investor did not choose. Source: TD 33."""

    FIFO = "fifo"
    LIFO = "lifo"
    HIGHEST_COST = "highest-cost"
    LEAST_TAX = "least-tax"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Units of one acquisition. `id` is the transaction that began it.

    `cost_base`: A$ for the whole parcel, None while unknown (never taken as zero). `acquired`: None while unknown.
    `deferred`: the gain up to the deemed disposal of 30 June 2027, taxed at the real sale; `reset_on` the day its cost
    base began anew at market value.
    """

    id: str
    code: str
    acquired: date | None
    quantity: Decimal
    cost_base: Decimal | None
    deferred: Decimal | None = None
    reset_on: date | None = None

    @property
    def unit_cost(self) -> Decimal | None:
        return None if self.cost_base is None else self.cost_base / self.quantity

    def divided(self, quantity: Decimal) -> tuple["Parcel", "Parcel | None"]:
        """The first `quantity` units and the rest, None when nothing is left; sums are those of the whole."""
        if quantity == self.quantity:
            return self, None
        cost, deferred = (_share(value, quantity, self.quantity) for value in (self.cost_base, self.deferred))
        taken = replace(self, quantity=quantity, cost_base=cost, deferred=deferred)
        rest = replace(
            self,
            quantity=self.quantity - quantity,
            cost_base=_less(self.cost_base, cost),
            deferred=_less(self.deferred, deferred),
        )
        return taken, rest


@dataclass(frozen=True, slots=True)
class Sold:
    """What a sale took, what it left, and the units it could not find."""

    taken: tuple[Parcel, ...]
    left: tuple[Parcel, ...]
    short: Decimal


def sell(parcels: Sequence[Parcel], quantity: Decimal, method: Method, chosen: Sequence[Chosen] = ()) -> Sold:
    """Take `quantity` units: first as `chosen`, then by `method` (LEAST_TAX and OWN without a choice: as FIFO)."""
    left = {parcel.id: parcel for parcel in parcels}
    taken: list[Parcel] = []
    wanted = [(choice.parcel, choice.quantity) for choice in chosen]
    wanted += [(parcel.id, parcel.quantity) for parcel in in_preference(parcels, method)]
    for id, most in wanted:
        parcel = left.get(id)
        if parcel is None or quantity <= 0:
            continue
        amount = min(quantity, most, parcel.quantity)
        if amount > 0:
            part, rest = parcel.divided(amount)
            taken.append(part)
            quantity -= amount
            if rest is None:
                del left[id]
            else:
                left[id] = rest
    return Sold(_joined(taken), tuple(left.values()), quantity)


def in_preference(parcels: Sequence[Parcel], method: Method) -> list[Parcel]:
    """The parcels in the order a method sells them; an unknown date counts as the earliest, an unknown cost as none."""
    by_date = sorted(parcels, key=lambda p: (p.acquired or date.min, p.id))
    match method:
        case Method.LIFO:
            return by_date[::-1]
        case Method.HIGHEST_COST:
            return sorted(by_date, key=lambda p: -(p.unit_cost or 0))
        case _:
            return by_date


def _joined(taken: list[Parcel]) -> tuple[Parcel, ...]:
    """Parts of one parcel, first chosen and then taken by the method, as one."""
    whole: dict[str, Parcel] = {}
    for part in taken:
        if (before := whole.get(part.id)) is None:
            whole[part.id] = part
        else:
            whole[part.id] = replace(
                before,
                quantity=before.quantity + part.quantity,
                cost_base=_plus(before.cost_base, part.cost_base),
                deferred=_plus(before.deferred, part.deferred),
            )
    return tuple(whole.values())


def _share(value: Decimal | None, part: Decimal, whole: Decimal) -> Decimal | None:
    return None if value is None else part_of(value, part, whole)


def _less(value: Decimal | None, part: Decimal | None) -> Decimal | None:
    return None if value is None or part is None else value - part


def _plus(value: Decimal | None, part: Decimal | None) -> Decimal | None:
    return None if value is None or part is None else value + part
