"""What can be wrong with what is asked of signals."""

from datetime import date

from asxos.core.errors import NotFound


class NoPrices(NotFound):
    """There is no session with prices to rank."""

    def __init__(self, as_of: date | None) -> None:
        super().__init__(f"No prices stored up to {as_of}" if as_of else "No prices stored; ingest some first")


class NeverRanked(NotFound):
    """No model has ever ranked this share: too illiquid, or too new."""

    def __init__(self, symbol: str) -> None:
        super().__init__(f"No model has ranked {symbol} yet")


class NotExplained(NotFound):
    """No reasons are stored for this share and model."""

    def __init__(self, symbol: str, model: str) -> None:
        super().__init__(f"No reasons stored for {symbol} by model {model!r}")
