"""What can be wrong with news that is given."""

from asxos.core.errors import Conflict


class MixedNews(Conflict):
    """Invented news of real shares, or the reverse."""

    def __init__(self, *, market_is_simulated: bool) -> None:
        stands, comes = ("simulated", "real") if market_is_simulated else ("real", "simulated")
        super().__init__(f"this database holds {stands} prices, {comes} news cannot be added; use another ASXOS_HOME")


class DamagedTextModel(ValueError):
    """A stored model of words differs from its hash."""

    def __init__(self, id: int) -> None:
        super().__init__(f"text model {id} differs from its hash")
