"""The parcels that every sale of a ledger takes where the investor wants the least tax: year by year, each at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from asxos.domain.ledger.book import Book, Reset, replay
from asxos.domain.ledger.parcels import Parcel
from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.domain.money import ZERO
from asxos.domain.tax.gains import Index, Treatment, gains_of_year
from asxos.domain.tax.least_tax import Candidate, LeastTax, NotSolved, Rest, least_tax
from asxos.domain.tax.rules import FinancialYear, RulePack, is_held_a_year

PackOf = Callable[[FinancialYear], RulePack]
REASON = "least tax of the financial year"


@dataclass(frozen=True)
class LeastTaxLedger:
    """The lines with every free sale's parcels chosen, and each year's proof."""

    lines: tuple[Transaction, ...]
    proofs: dict[FinancialYear, LeastTax]


def with_least_tax(
    lines: Sequence[Transaction], pack_of: PackOf, *, index: Index | None = None, reset: Reset | None = None
) -> LeastTaxLedger:
    """Choose the parcels of each sale that has no choice of its own.

    A year is optimal given the years before it: the law lets nobody choose later for a year that has been returned. A
    sale that meets a parcel of unknown cost, or more units than there are, is left to first in, first out.
    """
    chosen, proofs, brought = list(lines), dict[FinancialYear, LeastTax](), ZERO
    for year in sorted({FinancialYear.of(line.on) for line in lines if line.kind is Kind.SELL}):
        found = _year(chosen, year, pack_of(year), brought, index, reset)
        if found is not None:
            proofs[year] = found
            chosen = [_with_choice(line, found) for line in chosen]
        disposals = replay(chosen, reset=reset).disposals
        brought = gains_of_year(disposals, year, pack_of(year), brought_forward=brought, index=index).carried_forward
    return LeastTaxLedger(tuple(chosen), proofs)


def _year(  # noqa: PLR0917 - what a year's tax depends on
    lines: Sequence[Transaction],
    year: FinancialYear,
    pack: RulePack,
    brought: Decimal,
    index: Index | None,
    reset: Reset | None,
) -> LeastTax | None:
    """The best choice for the year's free sales; None when there are none that can be chosen for."""
    free = {line.id: line for line in lines if line.kind is Kind.SELL and line.on in year and not line.chosen}
    later = {line.id for line in lines if line.kind is Kind.SELL and line.on > year.last}
    book = replay(lines, reset=reset, without={*free, *later})
    sales = {id: line for id, line in free.items() if _can_be_chosen(book.met[id], line)}
    if not sales:
        return None
    candidates = [_candidate(line, parcel) for id, line in sales.items() for parcel in book.met[id]]
    units = {id: line.quantity or ZERO for id, line in sales.items()}
    try:
        return least_tax(units, candidates, pack.discount, _rest(book, year, pack, brought, index))
    except NotSolved:
        return None


def _can_be_chosen(parcels: Sequence[Parcel], sale: Transaction) -> bool:
    held = sum((parcel.quantity for parcel in parcels), ZERO)
    return held >= (sale.quantity or ZERO) and all(parcel.cost_base is not None for parcel in parcels)


def _candidate(sale: Transaction, parcel: Parcel) -> Candidate:
    price = ((sale.amount or ZERO) - sale.brokerage) / (sale.quantity or Decimal(1))
    return Candidate(
        sale=sale.id,
        parcel=parcel.id,
        quantity=parcel.quantity,
        cost_base=(parcel.cost_base or ZERO) - (parcel.deferred or ZERO),
        price=price,
        is_discounted=parcel.acquired is not None and is_held_a_year(parcel.acquired, sale.on),
    )


def _rest(book: Book, year: FinancialYear, pack: RulePack, brought: Decimal, index: Index | None) -> Rest:
    """The year's gains and losses that nothing can be chosen about."""
    done = gains_of_year(book.disposals, year, pack, index=index)
    discounted = sum((a.gain.amount for a in done.gains if a.gain.treatment is Treatment.DISCOUNT), ZERO)
    return Rest(done.total_gains - discounted, discounted, done.total_losses + brought)


def _with_choice(line: Transaction, found: LeastTax) -> Transaction:
    choice = found.chosen.get(line.id)
    return line if choice is None else replace(line, chosen=choice, reason=line.reason or REASON)
