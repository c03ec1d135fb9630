"""A small simulated market as a vendor delivers it: whole, or up to a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from asxos.bootstrap import System
from asxos.features.market.services import MarketService
from asxos.providers.prices import PriceBatch
from asxos.providers.simulated import SimulatedPrices
from tests.published import NOW

THEN = date(2023, 12, 15)


@dataclass(frozen=True)
class Delivered:
    """Prices and actions as some vendor delivered them."""

    bars: pl.DataFrame
    actions: pl.DataFrame
    source: str = "simulated"
    is_simulated: bool = True

    def batches(self, symbols: Sequence[str] | None, since: date | None) -> Iterator[PriceBatch]:
        yield PriceBatch(self.source, self.bars, self.actions, (), None)

    def count(self) -> int:
        return self.bars.height


async def whole_market(system: System) -> Delivered:
    sessions = await system.service(MarketService).sessions(date(2020, 1, 1), NOW.date())
    market = SimulatedPrices(end=NOW.date(), sessions=sessions, seed=5, symbols=40, years=4, alpha=0.1)
    batch = [*market.batches()]
    return Delivered(pl.concat(b.bars for b in batch), pl.concat(b.actions for b in batch))


def known_then(all_of_it: Delivered) -> Delivered:
    bars = all_of_it.bars.filter(pl.col("session_date") <= THEN)
    return Delivered(bars, all_of_it.actions.filter(pl.col("ex_date") <= THEN))
