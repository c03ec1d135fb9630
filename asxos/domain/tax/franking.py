"""Franking credits, and whether shares were held at risk long enough to keep them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from asxos.domain.ledger.facts import Income, Movement
from asxos.domain.money import GRAIN, ZERO, part_of
from asxos.domain.tax.rules import RulePack

FULL_RATE = Decimal("0.30")
BASE_RATE = Decimal("0.25")
"""Company tax rates: the full one, and that of a base-rate entity."""
CLEAR_DAYS = 45
"""90 for preference shares. Source: ITAA 1936, former Division 1A of Part IIIAA, kept by s 207-145 of 1997."""


def franking_credit(franked: Decimal, rate: Decimal = FULL_RATE) -> Decimal:
    """Tax the company paid on the franked part of a dividend, A$ as `franked`."""
    return franked * rate / (1 - rate)


def clear_days(acquired: date, disposed: date) -> int:
    """Days at risk, those of acquisition and disposal left out."""
    return max((disposed - acquired).days - 1, 0)


def safe_sale_from(acquired: date, days: int = CLEAR_DAYS) -> date:
    """The first day on which a sale leaves `days` clear days behind it."""
    return acquired + timedelta(days=days + 1)


@dataclass(frozen=True, slots=True)
class Credit:
    """One dividend's franking credit, A$, and the part that the 45-day rule leaves.

    `passed`: units, of those held when it went ex, that were held long enough. `is_tested` False: its ex-date or the
    units are not known, or the rule does not ask; then `allowed` is the whole credit.
    """

    income: Income
    credit: Decimal
    allowed: Decimal
    units: Decimal
    passed: Decimal
    is_tested: bool


@dataclass(slots=True)
class _Lot:
    acquired: date
    quantity: Decimal


def credits_of_year(income: Sequence[Income], movements: Sequence[Movement], pack: RulePack) -> list[Credit]:
    """The credits of one year's income. Up to the pack's small-holder amount in all, nothing is tested."""
    found = [(item, credit_of(item)) for item in income]
    total = sum((credit for _, credit in found), ZERO)
    if total <= pack.small_holder_credits:
        return [Credit(item, credit, credit, ZERO, ZERO, is_tested=False) for item, credit in found]
    return [_tested(item, credit, movements) for item, credit in found]


def credit_of(item: Income) -> Decimal:
    """As the statement says it, else worked out from the franked part at the full rate; A$."""
    if item.franking_credit is not None:
        return item.franking_credit
    return franking_credit(item.franked) if item.franked else ZERO


def _tested(item: Income, credit: Decimal, movements: Sequence[Movement]) -> Credit:
    if item.ex_date is None or not credit:
        return Credit(item, credit, credit, ZERO, ZERO, is_tested=False)
    units, passed = units_at_risk(movements, item.code, item.ex_date)
    if not units:
        return Credit(item, credit, credit, ZERO, ZERO, is_tested=False)
    return Credit(item, credit, part_of(credit, passed, units), units, passed, is_tested=True)


def units_at_risk(
    movements: Iterable[Movement], code: str, ex_date: date, days: int = CLEAR_DAYS
) -> tuple[Decimal, Decimal]:
    """Units held when a dividend went ex, and those of them held for `days` clear days; last in, first out.

    The days are counted up to `days` after the ex-date: what happens later decides nothing.
    """
    through = ex_date + timedelta(days=days)
    relevant = sorted((m for m in _of_code(movements, code) if m.on <= through), key=lambda m: (m.on, m.quantity < 0))
    lots: list[_Lot] = []
    entitled: list[_Lot] | None = None
    failed = ZERO
    for movement in relevant:
        if entitled is None and movement.on >= ex_date:
            entitled = [replace(lot) for lot in lots]
        if movement.ratio is not None:
            lots = [_Lot(lot.acquired, (lot.quantity * movement.ratio).quantize(GRAIN)) for lot in lots]
        elif movement.quantity > 0:
            lots.append(_Lot(movement.on, movement.quantity))
        else:
            failed += _sold_too_soon(lots, movement, ex_date, days)
    held = sum((lot.quantity for lot in (lots if entitled is None else entitled)), ZERO)
    late = sum((lot.quantity for lot in lots if lot.acquired < ex_date and not _long_enough(lot, through, days)), ZERO)
    return held, max(held - failed - late, ZERO)


def _of_code(movements: Iterable[Movement], code: str) -> list[Movement]:
    """The movements of what is called `code` now, under its earlier codes too."""
    known = list(movements)
    names = {code}
    for movement in reversed(known):
        if movement.into in names:
            names.add(movement.code)
    return [m for m in known if m.code in names and m.into is None]


def _sold_too_soon(lots: list[_Lot], movement: Movement, ex_date: date, days: int) -> Decimal:
    """Take the sold units from the lots, the last first; how many that were entitled had too few days."""
    left, failed = -movement.quantity, ZERO
    while left > 0 and lots:
        lot = lots[-1]
        taken = min(left, lot.quantity)
        if lot.acquired < ex_date <= movement.on and clear_days(lot.acquired, movement.on) < days:
            failed += taken
        lot.quantity -= taken
        left -= taken
        if not lot.quantity:
            lots.pop()
    return failed


def _long_enough(lot: _Lot, through: date, days: int) -> bool:
    return clear_days(lot.acquired, through + timedelta(days=1)) >= days
