"""Reading facts: everything as known on a session for models, one share's for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

import polars as pl

from asxos.core.clock import Clock
from asxos.domain.facts import FUNDAMENTALS, SHORTS, session_known
from asxos.features.fundamentals.records import COMPANIES, SHORT_POSITIONS, Book, Figures, ShortPosition
from asxos.features.fundamentals.repositories import Extent
from asxos.features.fundamentals.services.errors import NoFactsOf
from asxos.features.fundamentals.services.ports import Market, Share
from asxos.features.fundamentals.services.stores import Books

R = TypeVar("R")

AT_ONCE = ("security_id", "known_at")


@dataclass(frozen=True)
class History(Generic[R]):
    """What was published of a share: the `latest`, and a page of `total`, last known first."""

    share: Share
    simulated: bool
    latest: R
    items: list[R]
    total: int


class FundamentalService:
    """What was published of companies, never before it was."""

    def __init__(self, books: Books, *, market: Market, clock: Clock) -> None:
        self.books = books
        self.market = market
        self.clock = clock

    async def companies(self, as_of: date | None = None, recorded_before: datetime | None = None) -> pl.DataFrame:
        """Figures as FUNDAMENTALS, known at the close of `as_of` and stored before an instant (default: all)."""
        extent = Extent(known_on=as_of, recorded_before=recorded_before)
        return (await self._read(COMPANIES, extent)).select(FUNDAMENTALS.keys())

    async def shorts(self, as_of: date | None = None, recorded_before: datetime | None = None) -> pl.DataFrame:
        """Short positions as SHORTS, narrowed as `companies`."""
        extent = Extent(known_on=as_of, recorded_before=recorded_before)
        return (await self._read(SHORT_POSITIONS, extent)).select(SHORTS.keys())

    async def market_caps(self, symbols: Sequence[str]) -> Mapping[str, float]:
        """A$ of each share that one is known of now, the latest. Raises: what the market raises for an unknown code."""
        ids = {symbol: (await self.market.resolve(symbol)).id for symbol in symbols}
        known = (await self._read(COMPANIES, Extent())).filter(pl.col("known_at") <= self.clock.now())
        latest = (
            known.drop_nulls("market_cap").group_by("security_id").agg(pl.col("market_cap").sort_by("known_at").last())
        )
        by_id = dict(latest.iter_rows())
        return {symbol: by_id[id] for symbol, id in ids.items() if id in by_id}

    async def figures_of(self, symbol: str, limit: int, offset: int) -> History[Figures]:
        """Raises: NoFactsOf; what the market raises for a symbol it does not know."""
        return await self._history(COMPANIES, Figures, symbol, slice(offset, offset + limit))

    async def shorts_of(self, symbol: str, limit: int, offset: int) -> History[ShortPosition]:
        """Raises: NoFactsOf; what the market raises for a symbol it does not know."""
        return await self._history(SHORT_POSITIONS, ShortPosition, symbol, slice(offset, offset + limit))

    async def _history(self, book: Book, record: type[R], symbol: str, page: slice) -> History[R]:
        share = await self.market.resolve(symbol)
        rows = await self._read(book, Extent(security_id=share.id))
        known = rows.filter(pl.col("known_at") <= self.clock.now()).drop("security_id").reverse()
        if known.is_empty():
            raise NoFactsOf(share.symbol, book.words)
        found = [record(**row) for row in (known.row(0, named=True), *known[page].iter_rows(named=True))]
        return History(share, await self.market.data_is_simulated(), found[0], found[1:], known.height)

    async def _read(self, book: Book, extent: Extent) -> pl.DataFrame:
        stored = await self.books.of(book).read(extent)
        if extent.known_on is not None:
            stored = stored.filter(session_known(pl.col("known_at")) <= extent.known_on)
        return _news(stored, book)


def _news(stored: pl.DataFrame, book: Book) -> pl.DataFrame:
    """What was news when it came, one row a share and instant, in order.

    A row about an earlier day than one known before it from the same kind of table, a late correction, tells nothing
    about the present. Of tables that came at once the fuller one's figure counts and another fills its gaps.
    """
    about, source = pl.col("as_of"), [name for name in ("source",) if name in book.key]
    is_news = (about >= about.cum_max().over("security_id", *source)) & (about == about.max().over(*AT_ONCE, *source))
    rows = stored.sort(*AT_ONCE, "as_of").filter(is_news)
    if not source:
        return rows
    fullest_first = rows.sort(*AT_ONCE, "source", descending=[False, False, True])
    filled = pl.all().exclude(*AT_ONCE, "source").first(ignore_nulls=True)
    return fullest_first.group_by(AT_ONCE, maintain_order=True).agg(filled)
