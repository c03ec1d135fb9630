"""Watchlists: codes an owner follows, with price, change and signal."""

from dataclasses import dataclass

from asxos.domain.identifiers import canonical_symbol
from asxos.features.portfolio.repositories import WatchlistRepository
from asxos.features.portfolio.services.ports import LatestPrice, LatestSignal, Prices, Signals


@dataclass(frozen=True)
class Watched:
    """A followed code; price and signal are None where there is none."""

    code: str
    price: LatestPrice | None
    signal: LatestSignal | None


class WatchlistService:
    """Lists are made by their first code and gone with their last."""

    def __init__(self, watchlists: WatchlistRepository, *, prices: Prices, signals: Signals) -> None:
        self.watchlists = watchlists
        self.prices = prices
        self.signals = signals

    async def lists(self, owner: str) -> dict[str, list[Watched]]:
        """Every list, with two queries for all prices and signals."""
        lists = await self.watchlists.lists(owner)
        codes = sorted({code for found in lists.values() for code in found})
        prices = await self.prices.get_latest_prices_batch(codes)
        signals = await self.signals.get_latest_batch(codes)
        return {
            name: [Watched(code, prices.get(code), signals.get(code)) for code in found]
            for name, found in lists.items()
        }

    async def add(self, owner: str, name: str, symbol: str) -> bool:
        """False when it was there. Raises: MalformedCode."""
        return await self.watchlists.add(owner, name, canonical_symbol(symbol))

    async def remove(self, owner: str, name: str, symbol: str) -> bool:
        """False when it was not there. Raises: MalformedCode."""
        return await self.watchlists.remove(owner, name, canonical_symbol(symbol))
