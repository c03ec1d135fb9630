"""What can be wrong with a request to the market."""

from pathlib import Path

from asxos.core.errors import BadInput, Conflict, NotFound


class MixedMarkets(Conflict):
    """Invented and real prices never stand in one database."""

    def __init__(self, *, stored_simulated: bool) -> None:
        stands, comes = ("simulated", "real") if stored_simulated else ("real", "simulated")
        super().__init__(f"this database holds {stands} prices, {comes} ones cannot be added; use another ASXOS_HOME")


class UnknownSymbol(NotFound):
    """No security has or had this code."""

    def __init__(self, symbol: str) -> None:
        super().__init__(f"No security has or had the code {symbol}")


class MalformedSymbol(BadInput):
    """The text is not an ASX code in any form we know."""


class NoPricesOf(NotFound):
    """The security has no bars in the range that was asked for."""

    def __init__(self, symbol: str) -> None:
        super().__init__(f"No prices of {symbol} in this range")


class BadReferenceFile(BadInput):
    """A file of actions or securities cannot be read at all."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")
