"""HTTP for rebalancing: parse, call the service, serialise. A calculation; nothing is stored."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from asxos.core.http import provided
from asxos.core.owners import Owner
from asxos.features.portfolio.routes.portfolios import Id
from asxos.features.portfolio.schemas import RebalanceIn, RebalanceOut
from asxos.features.portfolio.services import RebalancingService

router = APIRouter(prefix="/portfolios", tags=["portfolios"])

Rebalancings = Annotated[RebalancingService, Depends(provided(RebalancingService))]


@router.get("/{id}/rebalance")
async def rebalance(
    service: Rebalancings, owner: Owner, id: Id, wanted: Annotated[RebalanceIn, Query()]
) -> RebalanceOut:
    """The whole-share orders that bring a portfolio nearer a target, worth more than their costs and tax."""
    return RebalanceOut.of(await service.propose(owner, id, wanted.wanted()))


@router.post("/{id}/rebalance")
async def rebalance_as(service: Rebalancings, owner: Owner, id: Id, wanted: RebalanceIn) -> RebalanceOut:
    """The same, what is wanted said in a body, where null is no limit."""
    return RebalanceOut.of(await service.propose(owner, id, wanted.wanted()))
