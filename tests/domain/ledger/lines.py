"""Short ways to write ledger lines in tests."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from asxos.domain.ledger.transactions import Kind, Transaction

_ids = count(1)


def line(kind: Kind, on: str, code: str | None = "XYZ", **values: Any) -> Transaction:
    """A line whose numbers are given as strings."""
    parsed: dict[str, Any] = {
        name: Decimal(v) if isinstance(v, str) and name not in _WORDS else v for name, v in values.items()
    }
    return Transaction(parsed.pop("id", f"t{next(_ids):05d}"), kind, date.fromisoformat(on), code, **parsed)


def buy(on: str, quantity: str, price: str, brokerage: str = "0", code: str = "XYZ", **more: Any) -> Transaction:
    amount = Decimal(quantity) * Decimal(price)
    return line(Kind.BUY, on, code, quantity=quantity, amount=amount, brokerage=brokerage, **more)


def sell(on: str, quantity: str, price: str, brokerage: str = "0", code: str = "XYZ", **more: Any) -> Transaction:
    amount = Decimal(quantity) * Decimal(price)
    return line(Kind.SELL, on, code, quantity=quantity, amount=amount, brokerage=brokerage, **more)


_WORDS = {"id", "into", "reason"}
