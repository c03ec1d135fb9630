"""What can be wrong with facts that are given or asked for."""

from pathlib import Path

from asxos.core.errors import BadInput, Conflict, NotFound


class BadFactsFile(BadInput):
    """A file of fundamentals or short positions cannot be read at all."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")


class RealFactsOfInventedShares(Conflict):
    """Files are about real companies; a database of simulated prices has none."""

    def __init__(self) -> None:
        super().__init__("this database holds simulated prices, real facts cannot be added; use another ASXOS_HOME")


class NoFactsOf(NotFound):
    """Nothing of this kind was ever published of the share."""

    def __init__(self, symbol: str, kind: str) -> None:
        super().__init__(f"No {kind} of {symbol} stored")
