"""HTTP for backtests: parse, call the service, serialise."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse

from asxos.core.http import provided
from asxos.core.jobs.queue import JobQueue
from asxos.features.backtests.schemas import BacktestAccepted, BacktestFullOut, BacktestIn, BacktestOut, BacktestsOut
from asxos.features.backtests.services import RUN_BACKTEST, BacktestService

router = APIRouter(prefix="/backtests", tags=["backtests"])

Backtests = Annotated[BacktestService, Depends(provided(BacktestService))]
Jobs = Annotated[JobQueue, Depends(provided(JobQueue))]
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]

# The page needs its own style and nothing else, from nowhere.
_PAGE_POLICY = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}


@router.get("")
async def list_backtests(
    backtests: Backtests,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> BacktestsOut:
    """Runs in short, latest first."""
    return BacktestsOut(items=[BacktestOut.of(run) for run in await backtests.list_latest(limit, offset)])


@router.post("", status_code=HTTPStatus.ACCEPTED)
async def start_backtest(jobs: Jobs, request: BacktestIn) -> BacktestAccepted:
    """Ask for a run; follow it under /jobs. The same plan on the same data gives the run that there is."""
    job_id = await jobs.defer(RUN_BACKTEST, **request.model_dump(mode="json"))
    assert job_id is not None  # without a key nothing can stand in its place
    return BacktestAccepted(job_id=job_id)


@router.get("/{id}")
async def one_backtest(backtests: Backtests, id: Id) -> BacktestFullOut:
    """A run with all its figures."""
    return BacktestFullOut.of(await backtests.get(id))


@router.get("/{id}/report", response_class=HTMLResponse)
async def report(backtests: Backtests, id: Id) -> HTMLResponse:
    """A run as a page that needs nothing else."""
    return HTMLResponse(await backtests.report(id), headers=_PAGE_POLICY)
