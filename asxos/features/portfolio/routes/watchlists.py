"""HTTP for watchlists."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from asxos.core.errors import NotFound
from asxos.core.http import Code, provided
from asxos.core.owners import Owner
from asxos.features.portfolio.schemas import WatchIn, WatchlistsOut
from asxos.features.portfolio.services import WatchlistService

router = APIRouter(prefix="/watchlists", tags=["watchlists"])

Watchlists = Annotated[WatchlistService, Depends(provided(WatchlistService))]
ListName = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f/]+$")]


class NotWatched(NotFound):
    def __init__(self, name: str, symbol: str) -> None:
        super().__init__(f"{symbol} is not on {name!r}")


@router.get("")
async def watchlists(service: Watchlists, owner: Owner) -> WatchlistsOut:
    """Every list with price, change and signal of each code."""
    return WatchlistsOut.of(await service.lists(owner))


@router.post("/{name}", status_code=HTTPStatus.CREATED)
async def watch(service: Watchlists, owner: Owner, name: ListName, wanted: WatchIn) -> WatchlistsOut:
    """Follow a code; the list is made if it is its first."""
    await service.add(owner, name, wanted.code)
    return WatchlistsOut.of(await service.lists(owner))


@router.delete("/{name}/{symbol}", status_code=HTTPStatus.NO_CONTENT)
async def unwatch(service: Watchlists, owner: Owner, name: ListName, symbol: Code) -> Response:
    """Follow a code no longer."""
    if not await service.remove(owner, name, symbol):
        raise NotWatched(name, symbol)
    return Response(status_code=HTTPStatus.NO_CONTENT)
