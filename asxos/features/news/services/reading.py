"""Reading news: everything as known on a session for models, a page of it for people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl

from asxos.domain.facts import session_known
from asxos.features.news.records import Announcement, Asked
from asxos.features.news.repositories import AnnouncementRepository
from asxos.features.news.services.ports import Market, Share


@dataclass(frozen=True)
class NewsPage:
    """A page of announcements, latest first, of `total`; `shares`: those they are about, by id."""

    items: list[Announcement]
    total: int
    shares: Mapping[int, Share]
    simulated: bool


class NewsService:
    """What companies told the exchange, never before they did."""

    def __init__(self, announcements: AnnouncementRepository, *, market: Market) -> None:
        self.announcements = announcements
        self.market = market

    async def facts(self, as_of: date | None = None, recorded_before: datetime | None = None) -> pl.DataFrame:
        """`domain.facts.ANNOUNCEMENTS` known at the close of `as_of`, stored before an instant (default: all)."""
        told = await self.announcements.facts(as_of, recorded_before)
        return told if as_of is None else told.filter(session_known(pl.col("known_at")) <= as_of)

    async def page(self, asked: Asked, symbol: str | None, limit: int, offset: int) -> NewsPage:
        """The announcements asked for, of one share if `symbol` is given. Raises: what the market raises for it."""
        if symbol is not None:
            asked = replace(asked, security_id=(await self.market.resolve(symbol)).id)
        items, total = await self.announcements.page(asked, limit, offset)
        shares = await self.market.directory([item.security_id for item in items])
        return NewsPage(items, total, shares, await self.market.data_is_simulated())
