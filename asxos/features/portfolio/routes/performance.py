"""HTTP for what a portfolio earned and risks: parse, call the service, serialise."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from asxos.core.http import IsoDate, provided
from asxos.core.owners import Owner
from asxos.features.portfolio.routes.portfolios import Id
from asxos.features.portfolio.schemas import AttributionOut, IncomeOut, PerformanceOut, RiskOut, ValuationOut
from asxos.features.portfolio.services import (
    AttributionService,
    IncomeService,
    PerformanceService,
    RiskService,
    ValuationService,
)

router = APIRouter(prefix="/portfolios", tags=["portfolios"])

Performances = Annotated[PerformanceService, Depends(provided(PerformanceService))]
Risks = Annotated[RiskService, Depends(provided(RiskService))]
Incomes = Annotated[IncomeService, Depends(provided(IncomeService))]
Valuations = Annotated[ValuationService, Depends(provided(ValuationService))]
Attributions = Annotated[AttributionService, Depends(provided(AttributionService))]
From = Annotated[IsoDate | None, Query(alias="from", description="The first day; by default the first there is")]
To = Annotated[IsoDate | None, Query(description="The last day; by default the latest there is")]


@router.get("/{id}/performance")
async def performance(service: Performances, owner: Owner, id: Id, first: From = None, to: To = None) -> PerformanceOut:
    """Returns by time and by money, in price, income and franking, of the whole and of each holding."""
    return PerformanceOut.of(await service.measure(owner, id, first, to))


@router.get("/{id}/attribution")
async def attribution(service: Attributions, owner: Owner, id: Id, first: From = None, to: To = None) -> AttributionOut:
    """Allocation and selection by sector against the stored market; by default over the last year."""
    return AttributionOut.of(await service.attribute(owner, id, first, to))


@router.get("/{id}/risk")
async def risk(service: Risks, owner: Owner, id: Id) -> RiskOut:
    """How far it can move, by its present weights and as it was, and what it leans on."""
    return RiskOut.of(await service.assess(owner, id))


@router.get("/{id}/dividends")
async def dividends(service: Incomes, owner: Owner, id: Id) -> IncomeOut:
    """Income by month and financial year with franking, and the ex-dates to come."""
    return IncomeOut.of(await service.report(owner, id))


@router.get("/{id}/valuations")
async def valuations(
    service: Valuations, owner: Owner, id: Id, first: From = None, to: To = None
) -> list[ValuationOut]:
    """What it was worth and how the ensemble saw it, as kept after each session and change; oldest first."""
    return [ValuationOut.of(kept) for kept in await service.past(owner, id, first, to)]
