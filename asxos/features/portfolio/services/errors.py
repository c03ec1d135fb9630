"""What can be wrong with what is asked of portfolios."""

from datetime import date

from asxos.core.errors import BadInput, NotFound


class BadLine(BadInput):
    """A line that no ledger can hold; the message names the field."""


class UnknownLine(NotFound):
    def __init__(self, id: str) -> None:
        super().__init__(f"The ledger has no standing line {id!r}")


class MoreThanHeld(BadInput):
    """A sale of more units than were held on its date."""

    def __init__(self, code: str, on: date, short: str) -> None:
        super().__init__(f"{code}: the sale of {on} is {short} units more than were held then")


class InTheFuture(BadInput):
    def __init__(self, on: date) -> None:
        super().__init__(f"{on} is in the future")


class NothingToRebalance(BadInput):
    """Nothing can be traded; the message says why."""


class LimitNotMet(BadInput):
    """No orders keep to a limit; the message names it."""


class NoHistory(NotFound):
    """Nothing of the portfolio lies on a session with prices, so there is nothing to measure."""


class EmptyPeriod(BadInput):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"from {first} is after to {last}")
