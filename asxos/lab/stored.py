"""The system's own market: its database opened as a command opens it, asked from synchronous code."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from asxos.bootstrap import open_system
from asxos.core.settings import Settings
from asxos.domain.facts import Facts
from asxos.features.market.services import MarketService
from asxos.features.models.records import NewTrial, Tally
from asxos.features.models.repositories import TrialRepository
from asxos.features.models.services import ModelService
from asxos.features.signals.services import SignalService
from asxos.lab.loop import Loop
from asxos.lab.runs import SIGNALS

ALL = 100_000
# The fields of a stored signal, in the order of SIGNALS.
STORED = (
    *("rank", "symbol", "signal", "confidence", "ml_prob", "ml_expected_return", "interval_low", "interval_high"),
    *("score", "note"),
)


class StoredMarket:
    """An embedded server runs while this is open. `system` is every part of the product, for what the lab lacks."""

    def __init__(self, settings: Settings, loop: Loop, *, simulated: bool | None = None) -> None:
        self._loop = loop
        self._opened = open_system(settings, simulated=simulated)
        self.system = loop.run(self._opened.__aenter__())
        is_simulated = loop.run(self.system.service(MarketService).data_is_simulated())
        self.name = "stored simulated prices" if is_simulated else "stored prices"
        self._trials = TrialRepository(self.system.db)

    @property
    def actions(self) -> pl.DataFrame:
        return self._loop.run(self.system.service(MarketService).actions())

    def panel(self, as_of: date | None) -> pl.DataFrame:
        return self._loop.run(self.system.service(MarketService).panel(as_of))

    def facts(self, as_of: date | None) -> Facts:
        return self._loop.run(self.system.service(ModelService).facts.facts(as_of))

    def symbols(self) -> Mapping[int, str]:
        shares = self._loop.run(self.system.service(MarketService).directory())
        return {security_id: share.symbol for security_id, share in shares.items()}

    def published(self, model: str, as_of: date | None) -> pl.DataFrame:
        signals = self.system.service(SignalService)
        live = self._loop.run(signals.get_live_signals(model, ALL, as_of)).live
        rows = [[getattr(signal, name) for name in STORED] for signal in live.signals]
        return pl.DataFrame(rows, SIGNALS, orient="row")

    def log(self, trial: NewTrial) -> None:
        self._loop.run(self._trials.append(trial))

    def tally(self) -> Tally:
        return self._loop.run(self._trials.tally())

    def close(self) -> None:
        self._loop.run(self._opened.__aexit__(None, None, None))
