"""What is held and what it is worth: real prices with their date and source, never a cost in their place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from asxos.domain.ledger.book import Book
from asxos.domain.ledger.facts import Shortfall
from asxos.domain.ledger.parcels import Parcel
from asxos.domain.money import ZERO, cents, exact
from asxos.features.portfolio.records import Portfolio
from asxos.features.portfolio.services.ledgers import LedgerService
from asxos.features.portfolio.services.ports import LatestPrice, LatestSignal, Prices, Signals

STALE_AFTER = 3
"""Sessions without a bar after which a price is called stale."""


@dataclass(frozen=True)
class Holding:
    """One code held; A$. What needs a price is None without one; `is_stale`: the market has traded on without it."""

    code: str
    quantity: Decimal
    cost_base: Decimal | None
    parcels: tuple[Parcel, ...]
    income: Decimal
    price: LatestPrice | None
    is_stale: bool
    signal: LatestSignal | None

    @property
    def value(self) -> Decimal | None:
        return None if self.price is None else cents(self.quantity * exact(self.price.close))

    @property
    def gain(self) -> Decimal | None:
        """Unrealised: value less cost base."""
        return None if self.value is None or self.cost_base is None else self.value - self.cost_base

    @property
    def day_change(self) -> Decimal | None:
        """What the last session did to the value."""
        if self.value is None or self.price is None or self.price.change is None:
            return None
        change = exact(self.price.change)
        return cents(self.value - self.value / (1 + change))


@dataclass(frozen=True)
class Valuation:
    """A portfolio now. Sums are of the holdings that have a price (or a cost base), None when none has."""

    portfolio: Portfolio
    as_of: date | None
    holdings: tuple[Holding, ...]
    cash: Decimal | None
    shortfalls: tuple[Shortfall, ...]
    simulated: bool

    @property
    def value(self) -> Decimal | None:
        return _sum(holding.value for holding in self.holdings)

    @property
    def cost_base(self) -> Decimal | None:
        return _sum(holding.cost_base for holding in self.holdings)

    @property
    def gain(self) -> Decimal | None:
        return _sum(holding.gain for holding in self.holdings)

    @property
    def day_change(self) -> Decimal | None:
        return _sum(holding.day_change for holding in self.holdings)

    @property
    def unpriced(self) -> list[str]:
        return [holding.code for holding in self.holdings if holding.price is None]


class HoldingsService:
    """Holdings with one query for all prices and one for all signals."""

    def __init__(self, ledgers: LedgerService, *, prices: Prices, signals: Signals) -> None:
        self.ledgers = ledgers
        self.prices = prices
        self.signals = signals

    async def value(self, owner: str, id: int) -> Valuation:
        """Raises: UnknownPortfolio."""
        portfolio = await self.ledgers.portfolios.get(owner, id)
        book = await self.ledgers.book(owner, id)
        prices = await self.prices.get_latest_prices_batch(book.codes)
        signals = await self.signals.get_latest_batch(book.codes)
        as_of = await self.prices.latest_session()
        stale = await self._stale(prices, as_of)
        income = _income(book)
        holdings = tuple(
            Holding(
                code=code,
                quantity=book.quantity(code),
                cost_base=book.cost_base(code),
                parcels=tuple(book.parcels[code]),
                income=income.get(code, ZERO),
                price=prices.get(code),
                is_stale=code in stale,
                signal=signals.get(code),
            )
            for code in book.codes
        )
        cash = book.cash if book.tracks_cash else None
        simulated = await self.prices.data_is_simulated()
        return Valuation(portfolio, as_of, holdings, cash, tuple(book.shortfalls), simulated)

    async def _stale(self, prices: Mapping[str, LatestPrice], as_of: date | None) -> frozenset[str]:
        """Codes whose last bar is more than STALE_AFTER sessions behind the market's last."""
        oldest = min((price.session_date for price in prices.values()), default=None)
        if as_of is None or oldest is None or oldest == as_of:
            return frozenset()
        sessions = await self.prices.sessions(oldest, as_of)
        behind = {code: _sessions_behind(price.session_date, sessions) for code, price in prices.items()}
        return frozenset(code for code, count in behind.items() if count > STALE_AFTER)


def _sessions_behind(day: date, sessions: Sequence[date]) -> int:
    return sum(session > day for session in sessions)


def _income(book: Book) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for item in book.income:
        found[item.code] = found.get(item.code, ZERO) + item.amount
    return found


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    """Of those that are known; None when none is."""
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if known else None
