"""HTTP for signals: parse, call the service, serialise."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from asxos.core.http import IsoDate, Symbol, provided
from asxos.core.jobs.queue import JobQueue
from asxos.domain.factors.library import FACTORS
from asxos.domain.outcomes import Horizon
from asxos.domain.signals import SignalType
from asxos.features.signals.repositories import DEFAULT_MODEL, SignalFilter
from asxos.features.signals.schemas import (
    ComparisonOut,
    ExplanationOut,
    FactorWords,
    HistoryOut,
    LiveSignalsOut,
    OutcomesOut,
    PastSignalOut,
    RecordOut,
    RunAccepted,
    RunRequest,
    ShareSignalsOut,
)
from asxos.features.signals.services import GENERATE_SIGNALS, OutcomeService, RecordService, SignalService

router = APIRouter(prefix="/signals", tags=["signals"])

Signals = Annotated[SignalService, Depends(provided(SignalService))]
Record = Annotated[RecordService, Depends(provided(RecordService))]
Outcomes = Annotated[OutcomeService, Depends(provided(OutcomeService))]
Jobs = Annotated[JobQueue, Depends(provided(JobQueue))]
ModelId = Annotated[
    str,
    Query(
        pattern=r"^[a-z0-9_]{1,60}$",
        description="A model's id, `ensemble`, or a challenger's shadow such as model_a_v3",
    ),
]
Sector = Annotated[str | None, Query(max_length=60, pattern=r"^[A-Za-z &,]+$")]

_WORDS = {f.name: FactorWords(words=f.words, unit=f.unit) for f in FACTORS}


@router.get("/live")
async def live_signals(  # noqa: PLR0917 - each is a parameter of the query
    signals: Signals,
    model: ModelId = DEFAULT_MODEL,
    limit: Annotated[int, Query(ge=1, le=5_000)] = 20,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    as_of: date | None = None,
    signal: SignalType | None = None,
    sector: Sector = None,
    min_confidence: Annotated[float, Query(ge=0, le=1)] = 0,
) -> LiveSignalsOut:
    """The latest ranking of a model, best first."""
    where = SignalFilter(signal.value if signal else None, min_confidence, offset=offset)
    return LiveSignalsOut.of(await signals.get_live_signals(model, limit, as_of, where, sector))


@router.get("/compare")
async def compare_models(
    signals: Signals,
    models: Annotated[list[str] | None, Query(max_length=10, description="Model ids; default: all there are")] = None,
    limit: Annotated[int, Query(ge=1, le=5_000)] = 100,
) -> ComparisonOut:
    """The latest rankings of several models side by side."""
    return ComparisonOut.of(*await signals.compare(models, limit))


@router.post("/runs", status_code=HTTPStatus.ACCEPTED)
async def start_run(jobs: Jobs, request: RunRequest) -> RunAccepted:
    """Ask for a new ranking; follow it under /jobs."""
    as_of = request.as_of.isoformat() if request.as_of else None
    job_id = await jobs.defer(GENERATE_SIGNALS, as_of=as_of)
    assert job_id is not None  # without a key nothing can stand in its place
    return RunAccepted(job_id=job_id)


@router.get("/record")
async def record_status(record: Record) -> RecordOut:
    """The public record of rankings: how long it is, its last hash, and when it was last verified."""
    return RecordOut.of(await record.status())


@router.get("/outcomes")
async def signal_outcomes(
    outcomes: Outcomes,
    model: Annotated[str | None, Query(pattern=r"^[a-z0-9_]{1,40}$", description="Default: every model")] = None,
    horizon: Annotated[Horizon, Query(description="Sessions from the next open")] = Horizon.MONTH,
    first: Annotated[IsoDate | None, Query(alias="from")] = None,
    last: Annotated[IsoDate | None, Query(alias="to")] = None,
) -> OutcomesOut:
    """What became of published signals: how often they were right, and what they earned before and after costs."""
    return OutcomesOut.of(horizon.value, first, last, await outcomes.tell(model, horizon.value, first, last))


@router.get("/{symbol}")
async def share_signals(signals: Signals, symbol: Symbol) -> ShareSignalsOut:
    """Every model's latest word on one share."""
    return ShareSignalsOut.of(await signals.get_share(symbol))


@router.get("/{symbol}/history")
async def signal_history(
    signals: Signals,
    symbol: Symbol,
    model: ModelId = DEFAULT_MODEL,
    limit: Annotated[int, Query(ge=1, le=5_000)] = 260,
) -> HistoryOut:
    """What a model has said of one share, latest first."""
    share, past = await signals.get_history(symbol, model, limit)
    return HistoryOut(symbol=share.symbol, model=model, items=[PastSignalOut.of(p) for p in past])


@router.get("/{symbol}/explanation")
async def explanation(
    signals: Signals, symbol: Symbol, model: ModelId = "model_a", as_of: date | None = None
) -> ExplanationOut:
    """Why a share has its score: additive contributions of each factor, largest first."""
    share, reasons = await signals.explain(symbol, model, as_of)
    return ExplanationOut.of(share, reasons, _WORDS)
