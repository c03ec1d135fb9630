"""HTTP for securities and prices: parse, call the service, serialise."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from asxos.core.http import Symbol, provided
from asxos.features.market.schemas import PricesOut, SecuritiesOut, SecurityDetailOut, SecurityOut
from asxos.features.market.services import MarketService

router = APIRouter(tags=["market"])

Market = Annotated[MarketService, Depends(provided(MarketService))]


@router.get("/securities")
async def securities(
    market: Market,
    query: Annotated[str, Query(max_length=60, pattern=r"^[^\x00]*$", description="Part of a code or name")] = "",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> SecuritiesOut:
    """Shares by code, former code or name; an exact code comes first."""
    found, total = await market.search(query, limit, offset)
    return SecuritiesOut(total=total, limit=limit, offset=offset, items=[SecurityOut.of(s) for s in found])


@router.get("/securities/{symbol}")
async def security(market: Market, symbol: Symbol) -> SecurityDetailOut:
    """One share, with every code it has had and its latest quote."""
    return SecurityDetailOut.of_view(await market.security(symbol))


@router.get("/prices/{symbol}")
async def prices(
    market: Market,
    symbol: Symbol,
    *,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    adjusted: bool = True,
    as_of: date | None = None,
) -> PricesOut:
    """Daily bars, adjusted for splits and the like (not for dividends) unless asked for as traded."""
    return PricesOut.of(await market.prices(symbol, first, last, adjusted=adjusted, as_of=as_of))
