"""HTTP for fundamentals and short positions: parse, call the service, serialise."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from asxos.core.http import Symbol, provided
from asxos.features.fundamentals.schemas import FundamentalsOut, ShortsOut
from asxos.features.fundamentals.services import FundamentalService

router = APIRouter(prefix="/fundamentals", tags=["fundamentals"])

Fundamentals = Annotated[FundamentalService, Depends(provided(FundamentalService))]
Limit = Annotated[int, Query(ge=1, le=1_000)]
Offset = Annotated[int, Query(ge=0, le=100_000)]


@router.get("/{symbol}")
async def fundamentals(service: Fundamentals, symbol: Symbol, limit: Limit = 50, offset: Offset = 0) -> FundamentalsOut:
    """What was published of a company, last known first; earnings and dividends are of the last twelve months."""
    return FundamentalsOut.of(await service.figures_of(symbol, limit, offset), limit, offset)


@router.get("/{symbol}/shorts")
async def shorts(service: Fundamentals, symbol: Symbol, limit: Limit = 50, offset: Offset = 0) -> ShortsOut:
    """A share's reported short positions, last known first; ASIC publishes them four sessions later."""
    return ShortsOut.of(await service.shorts_of(symbol, limit, offset), limit, offset)
