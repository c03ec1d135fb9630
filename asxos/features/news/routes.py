"""HTTP for announcements: parse, call the service, serialise."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from asxos.core.http import SYMBOL, IsoDate, provided
from asxos.domain.text.kinds import Kind
from asxos.features.news.records import Asked
from asxos.features.news.schemas import NewsOut
from asxos.features.news.services import NewsService

router = APIRouter(prefix="/news", tags=["news"])

News = Annotated[NewsService, Depends(provided(NewsService))]


@router.get("")
async def news(  # noqa: PLR0917 - each is a parameter of the query
    service: News,
    symbol: Annotated[str | None, Query(pattern=SYMBOL, description="Any usual form of a code; default: all")] = None,
    kind: Annotated[Kind | None, Query(description="Only announcements of this kind")] = None,
    since: Annotated[IsoDate | None, Query(description="Known on this Sydney date or later")] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> NewsOut:
    """What companies told the exchange, latest first."""
    return NewsOut.of(await service.page(Asked(kind=kind, since=since), symbol, limit, offset), limit, offset)
