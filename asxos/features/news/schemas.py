"""The JSON of announcements."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from asxos.domain.text.kinds import Kind
from asxos.features.news.records import Announcement
from asxos.features.news.services import NewsPage
from asxos.features.news.services.ports import Share


class AnnouncementOut(BaseModel):
    """What a company told the exchange at `known_at`.

    `tone` by our lexicon and `learnt_tone` by how the market took earlier headlines are in [-1, 1]; null: a form, or
    nothing in it has a tone. `price_sensitive` as the exchange marked it; null: not known.
    """

    id: int
    symbol: str
    name: str | None
    known_at: datetime
    kind: Kind
    headline: str
    price_sensitive: bool | None
    pages: int | None
    tone: float | None
    learnt_tone: float | None
    source: str

    @classmethod
    def of(cls, told: Announcement, share: Share) -> Self:
        values = {name: value for name, value in vars(told).items() if name != "is_price_sensitive"}
        return cls.model_validate(
            {**values, "symbol": share.symbol, "name": share.name, "price_sensitive": told.is_price_sensitive}
        )


class NewsOut(BaseModel):
    """A page of announcements, latest first, of `total` that match."""

    total: int
    limit: int
    offset: int
    simulated: bool
    items: list[AnnouncementOut]

    @classmethod
    def of(cls, page: NewsPage, limit: int, offset: int) -> Self:
        return cls(
            total=page.total,
            limit=limit,
            offset=offset,
            simulated=page.simulated,
            items=[AnnouncementOut.of(told, page.shares[told.security_id]) for told in page.items],
        )
