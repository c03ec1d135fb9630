"""Watchlists as JSON."""

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict

from asxos.core.http import Code
from asxos.features.portfolio.schemas.holdings import HeldSignalOut, PriceOut
from asxos.features.portfolio.services.watchlists import Watched


class WatchedOut(BaseModel):
    code: str
    name: str | None
    price: PriceOut | None
    signal: HeldSignalOut | None

    @classmethod
    def of(cls, watched: Watched) -> Self:
        price = watched.price
        return cls(
            code=watched.code,
            name=price.name if price else None,
            price=PriceOut.of(price),
            signal=HeldSignalOut.of(watched.signal),
        )


class WatchlistOut(BaseModel):
    name: str
    items: list[WatchedOut]


class WatchlistsOut(BaseModel):
    lists: list[WatchlistOut]

    @classmethod
    def of(cls, lists: dict[str, list[Watched]]) -> Self:
        found: Sequence[tuple[str, list[Watched]]] = list(lists.items())
        return cls(lists=[WatchlistOut(name=n, items=[WatchedOut.of(w) for w in items]) for n, items in found])


class WatchIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code
