"""The simulated market as a source of prices and of announcements; everything from it is marked as simulated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import polars as pl

from asxos.domain.identifiers import canonical_symbol
from asxos.domain.simulation import SimulatedFacts, SimulatedMarket, simulate, simulate_facts
from asxos.providers.news import NEWS_SCHEMA, NewsBatch
from asxos.providers.prices import LISTING_SCHEMA, PriceBatch, no_actions, no_bars

SYMBOLS_A_BATCH = 150


@dataclass(frozen=True)
class SimulatedPrices:
    """A market of `symbols` shares over the `sessions` of the `years` before `end`, with a planted rank IC `alpha`."""

    end: date
    sessions: Sequence[date] = field(repr=False)
    seed: int = 1
    symbols: int = 300
    years: float = 10.0
    alpha: float = 0.05
    source: str = "simulated"
    is_simulated: bool = True

    @cached_property
    def market(self) -> SimulatedMarket:
        """Bars, actions and securities; made on first use, about 2 seconds for 300 shares over 10 years."""
        return simulate(self.seed, self.symbols, self.years, self.alpha, end=self.end, sessions=self.sessions)

    def facts(self) -> SimulatedFacts:
        """What its companies publish. Blocks: call it in a thread."""
        return simulate_facts(self.seed, self.market)

    def batches(self, symbols: Sequence[str] | None = None, since: date | None = None) -> Iterator[PriceBatch]:
        """The market in batches of 150 shares."""
        listed = self.market.securities["symbol"].to_list()
        wanted = set(listed) if symbols is None else {canonical_symbol(symbol) for symbol in symbols}
        chosen = [symbol for symbol in listed if symbol in wanted]
        for start in range(0, len(chosen), SYMBOLS_A_BATCH):
            yield self._batch(chosen[start : start + SYMBOLS_A_BATCH], since or date.min)

    def count(self) -> int:
        """Exactly how many bars there are."""
        return self.market.bars.height

    def listing(self) -> pl.DataFrame:
        """Names, sectors and first days of the invented shares."""
        return self.market.securities.select(LISTING_SCHEMA.keys())

    def _batch(self, symbols: list[str], since: date) -> PriceBatch:
        is_chosen = pl.col("symbol").is_in(symbols)
        bars = self.market.bars.filter(is_chosen, pl.col("session_date") >= since)
        actions = self.market.actions.filter(is_chosen, pl.col("ex_date") >= since)
        return PriceBatch(
            self.source,
            pl.concat([no_bars(), bars], how="diagonal"),
            pl.concat([no_actions(), actions], how="diagonal"),
            refused=(),
            file=None,
        )


@dataclass(frozen=True)
class SimulatedNews:
    """What the companies of a simulated market told the exchange up to `now`."""

    prices: SimulatedPrices
    now: datetime
    source: str = "simulated"
    is_simulated: bool = True

    def batches(self) -> Iterator[NewsBatch]:
        """All of it as one batch."""
        told = self.prices.market.announcements.filter(pl.col("known_at") <= self.now)
        yield NewsBatch(self.source, pl.concat([pl.DataFrame(schema=NEWS_SCHEMA), told], how="diagonal"))
