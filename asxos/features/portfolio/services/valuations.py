"""Portfolios revalued and re-scored after each change and whenever prices or rankings come in."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from asxos.core.db import Database
from asxos.domain.money import ZERO
from asxos.features.portfolio.records import StoredValuation
from asxos.features.portfolio.repositories import UnknownPortfolio, ValuationRepository
from asxos.features.portfolio.services.holdings import HoldingsService, Valuation

REVALUE_PORTFOLIOS = "revalue_portfolios"
"""The job after prices: every portfolio of every owner."""


class ValuationService:
    """Snapshots by session; the same event again leaves the same row."""

    def __init__(self, valuations: ValuationRepository, holdings: HoldingsService, *, db: Database) -> None:
        self.valuations = valuations
        self.holdings = holdings
        self.db = db

    async def revalue(self, owner: str, id: int, event_id: UUID | None) -> StoredValuation | None:
        """Value the portfolio as it is now and keep it; None where it is gone or there are no prices at all."""
        ledgers = self.holdings.ledgers
        async with self.db.transaction():
            try:
                # Two changes at once must not leave the earlier one's value.
                await ledgers.portfolios.hold(owner, id)
            except UnknownPortfolio:
                return None
            valuation = await self.holdings.value(owner, id)
            if valuation.as_of is None:
                return None
            stored = _snapshot(valuation, valuation.as_of, event_id, ledgers.clock.now())
            await self.valuations.save(owner, stored)
        return stored

    async def revalue_all(self, event_id: UUID | None) -> int:
        """Every portfolio, owner by owner, each in a transaction of its own; how many there were."""
        portfolios, count = self.holdings.ledgers.portfolios, 0
        for owner in await portfolios.owners():
            for portfolio in await portfolios.of_owner(owner):
                await self.revalue(owner, portfolio.id, event_id)
                count += 1
        return count

    async def past(
        self, owner: str, id: int, first: date | None = None, last: date | None = None
    ) -> list[StoredValuation]:
        """What was kept, oldest first. Raises: UnknownPortfolio."""
        await self.holdings.ledgers.portfolio(owner, id)
        return await self.valuations.of_portfolio(owner, id, first, last)

    async def is_latest(self, session: date) -> bool:
        """Whether the market's prices end on this session."""
        return session == await self.holdings.prices.latest_session()


def _snapshot(valuation: Valuation, session: date, event_id: UUID | None, now: datetime) -> StoredValuation:
    ranked = [(h.value, h.signal) for h in valuation.holdings if h.value and h.signal]
    return StoredValuation(
        portfolio_id=valuation.portfolio.id,
        session_date=session,
        value=valuation.value,
        cost_base=valuation.cost_base,
        gain=valuation.gain,
        income=sum((holding.income for holding in valuation.holdings), ZERO),
        cash=valuation.cash,
        ml_prob=_weighted([(value, signal.ml_prob) for value, signal in ranked]),
        confidence=_weighted([(value, signal.confidence) for value, signal in ranked]),
        holdings=len(valuation.holdings),
        unpriced=len(valuation.unpriced),
        event_id=event_id,
        valued_at=now,
    )


def _weighted(found: Sequence[tuple[Decimal, float]]) -> float | None:
    """The mean by value; None of nothing."""
    total = sum((value for value, _ in found), ZERO)
    return sum(float(value / total) * figure for value, figure in found) if total else None
