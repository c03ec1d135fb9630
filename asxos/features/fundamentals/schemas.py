"""The JSON of fundamentals and short positions."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from asxos.features.fundamentals.records import Figures, ShortPosition
from asxos.features.fundamentals.services import History


class FiguresOut(BaseModel):
    """What was published of a company at once: A$, a share's unless it is the market cap; `franking` a fraction.

    `as_of`: the day it is about; `known_at`: the instant from which it is used. Null: not given.
    """

    as_of: date
    published: date
    known_at: datetime
    market_cap: float | None
    earnings_per_share: float | None
    dividends_per_share: float | None
    book_per_share: float | None
    tangible_per_share: float | None
    franking: float | None

    @classmethod
    def of(cls, figures: Figures) -> Self:
        return cls.model_validate(vars(figures))


class ShortPositionOut(BaseModel):
    """What was sold short at the end of `as_of`: a fraction of the issued shares, and how many; null: not given."""

    as_of: date
    known_at: datetime
    short_share: float | None
    short_quantity: float | None

    @classmethod
    def of(cls, position: ShortPosition) -> Self:
        return cls.model_validate(vars(position))


class Page(BaseModel):
    """A page of what was published of a share, of `total` rows."""

    symbol: str
    simulated: bool
    total: int
    limit: int
    offset: int


class FundamentalsOut(Page):
    """Figures, last known first. `latest`: what counts now, whichever page is asked for."""

    latest: FiguresOut
    items: list[FiguresOut]

    @classmethod
    def of(cls, found: History[Figures], limit: int, offset: int) -> Self:
        return cls(
            symbol=found.share.symbol,
            simulated=found.simulated,
            total=found.total,
            limit=limit,
            offset=offset,
            latest=FiguresOut.of(found.latest),
            items=[FiguresOut.of(figures) for figures in found.items],
        )


class ShortsOut(Page):
    """Short positions, last known first. `latest`: what counts now, whichever page is asked for."""

    latest: ShortPositionOut
    items: list[ShortPositionOut]

    @classmethod
    def of(cls, found: History[ShortPosition], limit: int, offset: int) -> Self:
        return cls(
            symbol=found.share.symbol,
            simulated=found.simulated,
            total=found.total,
            limit=limit,
            offset=offset,
            latest=ShortPositionOut.of(found.latest),
            items=[ShortPositionOut.of(position) for position in found.items],
        )
