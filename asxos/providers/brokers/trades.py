"""What every broker's trades have in common: a side, units, a sum, brokerage, perhaps another currency."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.domain.money import ZERO, cents
from asxos.providers.brokers.cells import is_foreign, shown
from asxos.providers.brokers.layouts import Draft, Fields, Skipped

SIDES = {
    **dict.fromkeys(("b", "buy", "bought", "purchase", "on market buy"), Kind.BUY),
    **dict.fromkeys(("s", "sell", "sold", "sale", "on market sell"), Kind.SELL),
}
TOLERANCE = Decimal("0.02")


def side(text: str) -> Kind:
    """Buy or sell. Raises: ValueError."""
    if (found := SIDES.get(text.casefold())) is None:
        raise ValueError(f"'{shown(text)}' is neither a buy nor a sell" if text else "no side, buy or sell")
    return found


@dataclass(frozen=True)
class Money:
    """Another currency: `rate` is A$ for one unit; `source` says whose."""

    currency: str
    rate: Decimal
    source: str


def trade(  # noqa: PLR0917 - what every trade has
    kind: Kind,
    on: date,
    code: str,
    quantity: Decimal,
    price: Decimal | None,
    brokerage: Decimal,
    *,
    amount: Decimal | None = None,
    net: Decimal | None = None,
    reference: str | None = None,
    settles: date | None = None,
    money: Money | None = None,
) -> Draft:
    """A buy or sell. The consideration is `amount`, else what `net` leaves without brokerage, else units times price.

    Sums come in the trade's own currency and leave in A$. Raises: ValueError: foreign without a rate, or no sum at all.
    """
    if is_foreign(code) and money is None:
        raise ValueError(f"{code} is not traded in A$ and the row has no exchange rate")
    units, fee = abs(quantity), abs(brokerage)
    consideration = abs(amount) if amount is not None else _implied(kind, units, price, fee, net)
    note = None
    if net is not None and abs(abs(net) - _net(kind, consideration, fee)) > TOLERANCE:
        note = f"the file's total of {net} is not its consideration and brokerage; they were taken"
    rate = money.rate if money else Decimal(1)
    line = Transaction(
        id="",
        kind=kind,
        on=on,
        code=code,
        quantity=units,
        amount=cents(consideration * rate),
        price=price if money is None and price is not None else None,
        brokerage=cents(fee * rate),
    )
    if money is not None:
        line = replace(line, currency=money.currency, rate=money.rate, rate_source=money.source)
    return Draft(line, reference or None, settles, note)


def _implied(kind: Kind, units: Decimal, price: Decimal | None, fee: Decimal, net: Decimal | None) -> Decimal:
    if net is not None:
        return abs(net) - fee if kind is Kind.BUY else abs(net) + fee
    if price is None:
        raise ValueError("neither a price nor a sum")
    return units * abs(price)


def _net(kind: Kind, consideration: Decimal, fee: Decimal) -> Decimal:
    return consideration + fee if kind is Kind.BUY else consideration - fee


def cash(kind: Kind, on: date, amount: Decimal, reference: str | None = None, code: str | None = None) -> Draft:
    """Money by itself, or a dividend of `code`."""
    return Draft(Transaction(id="", kind=kind, on=on, code=code, amount=abs(amount), brokerage=ZERO), reference)


def holding(row: Fields, code: str, units: Decimal, unit_cost: Decimal | None, acquired: date | None = None) -> Draft:
    """Units held when the file was made; without a cost or a date these stay unknown."""
    if not units:
        raise Skipped("no units held")
    line = Transaction(
        id="",
        kind=Kind.OPENING,
        on=acquired or row.today,
        code=code,
        quantity=units,
        amount=None if unit_cost is None else units * unit_cost,
        price=unit_cost,
        acquired=acquired,
    )
    return Draft(line)
