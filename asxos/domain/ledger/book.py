"""The book: a ledger replayed from its first line, so that nothing shown is anything but what its lines say."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from asxos.domain.ledger.dividends import income_of
from asxos.domain.ledger.facts import CgtEvent, Disposal, Income, Movement, Shortfall
from asxos.domain.ledger.parcels import Method, Parcel, sell
from asxos.domain.ledger.transactions import Kind, Transaction, in_order
from asxos.domain.money import GRAIN, ZERO, part_of


@dataclass(frozen=True)
class Reset:
    """A deemed disposal and reacquisition of everything held: market values, A$ a unit, at the close of `on`.

    Source: Tax Reform (No. 1) Bill 2026: 30 June 2027. A code without a value keeps its cost base, marked unknown.
    """

    on: date
    values: Mapping[str, Decimal]


@dataclass
class Book:
    """Where the ledger stands after the lines read so far."""

    method: Method = Method.FIFO
    parcels: dict[str, list[Parcel]] = field(default_factory=lambda: defaultdict(list))
    disposals: list[Disposal] = field(default_factory=list)
    income: list[Income] = field(default_factory=list)
    shortfalls: list[Shortfall] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    residuals: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    met: dict[str, tuple[Parcel, ...]] = field(default_factory=dict[str, tuple[Parcel, ...]])
    """The parcels of its code that each line left out by `replay` would have met."""
    cash: Decimal = ZERO
    tracks_cash: bool = False
    """Whether money ever came in or out by itself; else `cash` is only what trades and income left."""

    def quantity(self, code: str) -> Decimal:
        """Units held now."""
        return sum((parcel.quantity for parcel in self.parcels.get(code, ())), ZERO)

    def cost_base(self, code: str) -> Decimal | None:
        """A$; None when a parcel's is unknown."""
        costs = [parcel.cost_base for parcel in self.parcels.get(code, ())]
        return None if None in costs else sum((cost for cost in costs if cost is not None), ZERO)

    @property
    def codes(self) -> list[str]:
        """The codes held, in order."""
        return sorted(code for code, held in self.parcels.items() if held)


def replay(
    transactions: Iterable[Transaction],
    method: Method = Method.FIFO,
    *,
    until: date | None = None,
    reset: Reset | None = None,
    without: Collection[str] = (),
) -> Book:
    """The book after every line up to and with `until` (default: all), whatever order they come in.

    `without`: ids of lines that are left out; what they would have met is kept in `Book.met`.
    """
    book = Book(method)
    pending = reset
    for line in in_order(list(transactions)):
        if until is not None and line.on > until:
            break
        if pending is not None and line.on > pending.on:
            _deem(book, pending)
            pending = None
        if line.id in without:
            book.met[line.id] = tuple(book.parcels.get(line.code or "", ()))
        else:
            _EFFECTS[line.kind](book, line)
    if pending is not None and (until is None or until >= pending.on):
        _deem(book, pending)
    return book


def _acquire(book: Book, line: Transaction) -> None:
    """A parcel at what was paid for it, brokerage included."""
    cost = None if line.amount is None else line.amount + line.brokerage
    day = line.acquired if line.kind is Kind.OPENING else line.on
    _add(book, line, cost, day)
    if line.kind is not Kind.OPENING:
        book.cash -= cost or ZERO


def _reinvest(book: Book, line: Transaction) -> None:
    """The dividend is income; what is left of it after whole units is carried to the next one."""
    _, quantity, amount, price = _said(line)
    cost = quantity * price
    book.residuals[line.code or ""] += amount - cost
    book.income.append(income_of(line))
    _add(book, line, cost, line.on)


def _add(book: Book, line: Transaction, cost: Decimal | None, acquired: date | None) -> None:
    code, quantity, _, _ = _said(line)
    book.parcels[code].append(Parcel(line.id, code, acquired, quantity, cost))
    book.movements.append(Movement(code, acquired or line.on, quantity))


def _sell(book: Book, line: Transaction) -> None:
    """Proceeds after brokerage, shared out over the parcels by their units; the last takes what is left of them."""
    code, quantity, amount, _ = _said(line)
    method = Method.OWN if line.chosen else book.method
    sold = sell(book.parcels[code], quantity, method, line.chosen)
    book.parcels[code] = list(sold.left)
    net, units = amount - line.brokerage, quantity
    book.cash += net
    for parcel in sold.taken:
        proceeds = part_of(net, parcel.quantity, units)
        net, units = net - proceeds, units - parcel.quantity
        book.disposals.append(_disposed(line, parcel, CgtEvent.A1, proceeds, method))
    if sold.short:
        book.shortfalls.append(Shortfall(line.id, code, line.on, sold.short, net))
    book.movements.append(Movement(code, line.on, sold.short - quantity))


def _disposed(line: Transaction, parcel: Parcel, event: CgtEvent, proceeds: Decimal, method: Method) -> Disposal:
    return Disposal(
        transaction=line.id,
        event=event,
        code=parcel.code,
        parcel=parcel.id,
        acquired=parcel.acquired,
        on=line.on,
        quantity=parcel.quantity,
        cost_base=parcel.cost_base,
        proceeds=proceeds,
        method=method,
        reason=line.reason,
        deferred=parcel.deferred if event is CgtEvent.A1 else None,
        reset_on=parcel.reset_on,
    )


def _dividend(book: Book, line: Transaction) -> None:
    _, _, amount, _ = _said(line)
    book.cash += amount
    book.income.append(income_of(line))


def _rescale(book: Book, line: Transaction) -> None:
    """Quantity times the ratio, the cost base and the date kept; no CGT event.

    A fraction of a unit is kept at GRAIN: what a registry rounds away shows in its own statement as a line.
    """
    code, ratio = line.code or "", line.ratio or Decimal(1)
    book.parcels[code] = [replace(p, quantity=(p.quantity * ratio).quantize(GRAIN)) for p in book.parcels[code]]
    book.movements.append(Movement(code, line.on, ratio=ratio))


def _return_capital(book: Book, line: Transaction) -> None:
    """Each parcel's cost base falls by what it was paid, not below nil; the excess is a gain (event G1)."""
    code, price = line.code or "", line.price or ZERO
    reduced: list[Parcel] = []
    for parcel in book.parcels[code]:
        payment = parcel.quantity * price
        book.cash += payment
        reduced.append(_reduced(book, line, parcel, payment, CgtEvent.G1))
    book.parcels[code] = reduced


def _adjust_amit(book: Book, line: Transaction) -> None:
    """The year's excess (negative) or shortfall over all units held, by units; beyond nil it is a gain (event E10)."""
    code, total, units = line.code or "", line.amount or ZERO, book.quantity(line.code or "")
    adjusted: list[Parcel] = []
    for parcel in book.parcels[code]:
        share = part_of(total, parcel.quantity, units)
        total, units = total - share, units - parcel.quantity
        if share < 0:
            adjusted.append(_reduced(book, line, parcel, -share, CgtEvent.E10))
        else:
            adjusted.append(replace(parcel, cost_base=None if parcel.cost_base is None else parcel.cost_base + share))
    book.parcels[code] = adjusted


def _reduced(book: Book, line: Transaction, parcel: Parcel, by: Decimal, event: CgtEvent) -> Parcel:
    if parcel.cost_base is None:
        return parcel
    if by > parcel.cost_base:
        book.disposals.append(_disposed(line, parcel, event, by, book.method))
    return replace(parcel, cost_base=max(parcel.cost_base - by, ZERO))


def _demerge(book: Book, line: Transaction) -> None:
    """Cost base shared by the stated fraction, acquisition dates kept (roll-over relief)."""
    code, into, ratio, share = line.code or "", line.into or "", line.ratio or ZERO, line.cost_share or ZERO
    kept: list[Parcel] = []
    for parcel in book.parcels[code]:
        moved = None if parcel.cost_base is None else (parcel.cost_base * share).quantize(GRAIN)
        kept.append(replace(parcel, cost_base=None if parcel.cost_base is None else parcel.cost_base - (moved or ZERO)))
        quantity = (parcel.quantity * ratio).quantize(GRAIN)
        book.parcels[into].append(replace(parcel, code=into, quantity=quantity, cost_base=moved))
        book.movements.append(Movement(into, parcel.acquired or line.on, quantity))
    book.parcels[code] = kept


def _rename(book: Book, line: Transaction) -> None:
    code, into = line.code or "", line.into or ""
    book.parcels[into] += [replace(parcel, code=into) for parcel in book.parcels.pop(code, [])]
    book.residuals[into] += book.residuals.pop(code, ZERO)
    book.movements.append(Movement(code, line.on, into=into))


def _move_cash(book: Book, line: Transaction) -> None:
    is_out = line.kind in (Kind.FEE, Kind.CASH_OUT)
    book.cash += -(line.amount or ZERO) if is_out else (line.amount or ZERO)
    book.tracks_cash = book.tracks_cash or line.kind in (Kind.CASH_IN, Kind.CASH_OUT)


def _deem(book: Book, reset: Reset) -> None:
    """Sold and bought again at market value: the gain so far waits for the real sale, the cost base starts anew."""
    for code, held in book.parcels.items():
        value = reset.values.get(code)
        book.parcels[code] = [_deemed(parcel, value, reset.on) for parcel in held]


def _deemed(parcel: Parcel, value: Decimal | None, on: date) -> Parcel:
    if value is None:
        return replace(parcel, cost_base=None, reset_on=on)
    market = parcel.quantity * value
    deferred = None if parcel.cost_base is None else market - parcel.cost_base
    return replace(parcel, cost_base=market, deferred=deferred, reset_on=on)


def _said(line: Transaction) -> tuple[str, Decimal, Decimal, Decimal]:
    """Code, quantity, amount and price of a kind that was checked to have those it needs."""
    return line.code or "", line.quantity or ZERO, line.amount or ZERO, line.price or ZERO


_EFFECTS: Mapping[Kind, Callable[[Book, Transaction], None]] = {
    Kind.BUY: _acquire,
    Kind.OPENING: _acquire,
    Kind.RIGHTS: _acquire,
    Kind.DRP: _reinvest,
    Kind.SELL: _sell,
    Kind.DIVIDEND: _dividend,
    Kind.SPLIT: _rescale,
    Kind.CONSOLIDATION: _rescale,
    Kind.RETURN_OF_CAPITAL: _return_capital,
    Kind.AMIT: _adjust_amit,
    Kind.DEMERGER: _demerge,
    Kind.CODE_CHANGE: _rename,
    Kind.FEE: _move_cash,
    Kind.CASH_IN: _move_cash,
    Kind.CASH_OUT: _move_cash,
    Kind.INTEREST: _move_cash,
}
