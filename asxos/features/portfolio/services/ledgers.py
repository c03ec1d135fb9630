"""Portfolios and their ledgers: made, read, entered by hand, corrected; every change announced with it."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from asxos.core.clock import Clock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import EventType, PortfolioChanged
from asxos.core.service import BaseService
from asxos.domain.calendar import sydney_date
from asxos.domain.ledger.book import Book, replay
from asxos.domain.ledger.parcels import Method
from asxos.domain.ledger.transactions import Transaction
from asxos.features.portfolio.records import NewLine, Portfolio, StoredLine
from asxos.features.portfolio.repositories import LedgerRepository, PortfolioRepository, UnknownPortfolio
from asxos.features.portfolio.services.errors import InTheFuture, MoreThanHeld, UnknownLine

BOOKS_KEPT = 64


@dataclass(frozen=True)
class Replayed:
    """A portfolio's standing lines and the book they make; kept while nothing changes, so to be read only."""

    portfolio: Portfolio
    transactions: Sequence[Transaction]
    book: Book


class LedgerService(BaseService):
    """What stands in an owner's ledgers, and the books they make."""

    def __init__(
        self,
        portfolios: PortfolioRepository,
        ledgers: LedgerRepository,
        *,
        clock: Clock,
        db: Database,
        event_bus: EventBus,
    ) -> None:
        super().__init__(db, event_bus)
        self.portfolios = portfolios
        self.ledgers = ledgers
        self.clock = clock
        self._replayed: OrderedDict[tuple[int, int, str], tuple[list[Transaction], Book]] = OrderedDict()

    async def create(self, owner: str, values: Mapping[str, Any]) -> Portfolio:
        """Raises: NameTaken."""
        return await self.portfolios.create(owner, dict(values))

    async def change(self, owner: str, id: int, values: Mapping[str, Any]) -> Portfolio:
        """Raises: UnknownPortfolio, NameTaken."""
        async with self.db.transaction():
            portfolio = await self.portfolios.change(owner, id, dict(values))
            await self.announce(owner, id, "settings changed")
        return portfolio

    async def remove(self, owner: str, id: int) -> None:
        """With everything in it. Raises: UnknownPortfolio."""
        async with self.db.transaction():
            await self.portfolios.remove(owner, id)
            await self.announce(owner, id, "removed")

    async def find_or_create(self, owner: str, name: str) -> Portfolio:
        """The owner's portfolio of that name, of an individual by FIFO where it has to be made."""
        found = await self.portfolios.find_by_name(owner, name)
        return found or await self.create(owner, {"name": name, "entity": "individual", "method": Method.FIFO.value})

    async def named(self, owner: str, name: str) -> Portfolio:
        """Raises: UnknownPortfolio."""
        found = await self.portfolios.find_by_name(owner, name)
        if found is None:
            raise UnknownPortfolio(name)
        return found

    async def portfolio(self, owner: str, id: int) -> Portfolio:
        """Raises: UnknownPortfolio."""
        return await self.portfolios.get(owner, id)

    async def transactions(self, owner: str, id: int) -> list[Transaction]:
        """The standing lines as the ledger takes them. Raises: UnknownPortfolio."""
        return list((await self.replayed(owner, id)).transactions)

    async def lines(self, owner: str, id: int) -> list[StoredLine]:
        """Every line that stands. Raises: UnknownPortfolio."""
        await self.portfolios.get(owner, id)
        return await self.ledgers.lines(owner, id)

    async def record(self, owner: str, id: int, said: Transaction) -> StoredLine:
        """Enter a line by hand. Raises: UnknownPortfolio, InTheFuture, MoreThanHeld."""
        return await self._write(owner, id, NewLine(replace(said, id=f"entry-{uuid4().hex}")), "line entered")

    async def correct(self, owner: str, id: int, line_id: str, said: Transaction) -> StoredLine:
        """Put a line in the place of one that stands; both are kept. Raises: as `record`; UnknownLine."""
        new = NewLine(replace(said, id=f"entry-{uuid4().hex}"), replaces=line_id)
        return await self._write(owner, id, new, "line corrected")

    async def annul(self, owner: str, id: int, line_id: str) -> None:
        """Take a line away; it stays on record. Raises: UnknownPortfolio, UnknownLine."""
        async with self.db.transaction():
            await self.portfolios.hold(owner, id)
            await self._standing(owner, id, line_id)
            await self.ledgers.annul(owner, id, line_id, f"annul-{uuid4().hex}")
            await self.announce(owner, id, "line annulled")

    async def book(self, owner: str, id: int) -> Book:
        """The ledger replayed; to be read only. Raises: UnknownPortfolio."""
        return (await self.replayed(owner, id)).book

    async def replayed(self, owner: str, id: int) -> Replayed:
        """The lines that stand and their book; read anew only when the ledger has changed. Raises: UnknownPortfolio."""
        portfolio = await self.portfolios.get(owner, id)
        key = (id, await self.ledgers.revision(owner, id), portfolio.method)
        if key not in self._replayed:
            lines = [line.transaction for line in await self.ledgers.lines(owner, id)]
            self._replayed[key] = (lines, replay(lines, Method(portfolio.method)))
            while len(self._replayed) > BOOKS_KEPT:
                self._replayed.popitem(last=False)
        self._replayed.move_to_end(key)
        return Replayed(portfolio, *self._replayed[key])

    async def announce(self, owner: str, id: int, reason: str) -> None:
        """PORTFOLIO_CHANGED, in the open transaction."""
        facts = PortfolioChanged(portfolio_id=id, reason=reason)
        await self.publish_event(EventType.PORTFOLIO_CHANGED, facts, user_id=owner)

    async def _write(self, owner: str, id: int, new: NewLine, reason: str) -> StoredLine:
        said = new.transaction
        if said.on > sydney_date(self.clock.now()):
            raise InTheFuture(said.on)
        async with self.db.transaction():
            portfolio = await self.portfolios.hold(owner, id)
            if new.replaces is not None:
                await self._standing(owner, id, new.replaces)
            await self.ledgers.append(owner, id, [new])
            standing = await self.ledgers.lines(owner, id)
            book = replay([line.transaction for line in standing], Method(portfolio.method))
            if short := next((s for s in book.shortfalls if s.transaction == said.id), None):
                raise MoreThanHeld(short.code, short.on, f"{short.quantity.normalize():f}")
            await self.announce(owner, id, reason)
        return next(line for line in standing if line.transaction.id == said.id)

    async def _standing(self, owner: str, id: int, line_id: str) -> None:
        if all(line.transaction.id != line_id for line in await self.ledgers.lines(owner, id)):
            raise UnknownLine(line_id)
