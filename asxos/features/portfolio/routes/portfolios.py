"""HTTP for portfolios: parse, call the service, serialise. Everything is the owner's; another's ids are not found."""

from http import HTTPStatus
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, File, Form, Path, Query, Response, UploadFile

from asxos.core.http import provided
from asxos.core.owners import Owner
from asxos.features.portfolio.schemas import (
    HoldingsOut,
    ImportOut,
    ImportRowOut,
    LineIn,
    LineOut,
    LinesOut,
    PastImportOut,
    PortfolioIn,
    PortfolioOut,
    PortfoliosOut,
)
from asxos.features.portfolio.services import HoldingsService, ImportService, LedgerService
from asxos.features.portfolio.services.errors import BadLine
from asxos.providers.brokers.sheets import MOST_BYTES, UnreadableFile

router = APIRouter(prefix="/portfolios", tags=["portfolios"])

Ledgers = Annotated[LedgerService, Depends(provided(LedgerService))]
Imports = Annotated[ImportService, Depends(provided(ImportService))]
Holdings = Annotated[HoldingsService, Depends(provided(HoldingsService))]
Id = Annotated[int, Path(ge=1, le=2**62)]
LineId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9-]+$")]


@router.get("")
async def portfolios(ledgers: Ledgers, owner: Owner) -> PortfoliosOut:
    """The owner's portfolios, by name."""
    return PortfoliosOut(items=[PortfolioOut.of(p) for p in await ledgers.portfolios.of_owner(owner)])


@router.post("", status_code=HTTPStatus.CREATED)
async def create(ledgers: Ledgers, owner: Owner, wanted: PortfolioIn) -> PortfolioOut:
    """A new, empty portfolio."""
    return PortfolioOut.of(await ledgers.create(owner, wanted.model_dump()))


@router.get("/{id}")
async def portfolio(ledgers: Ledgers, owner: Owner, id: Id) -> PortfolioOut:
    """One portfolio's settings."""
    return PortfolioOut.of(await ledgers.portfolios.get(owner, id))


@router.put("/{id}")
async def change(ledgers: Ledgers, owner: Owner, id: Id, wanted: PortfolioIn) -> PortfolioOut:
    """New settings; the ledger stays."""
    return PortfolioOut.of(await ledgers.change(owner, id, wanted.model_dump()))


@router.delete("/{id}", status_code=HTTPStatus.NO_CONTENT)
async def remove(ledgers: Ledgers, owner: Owner, id: Id) -> Response:
    """The portfolio with its ledger, gone."""
    await ledgers.remove(owner, id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/{id}/holdings")
async def holdings(service: Holdings, owner: Owner, id: Id) -> HoldingsOut:
    """What is held, what it is worth, and what the ensemble says of it."""
    return HoldingsOut.of(await service.value(owner, id))


@router.get("/{id}/transactions")
async def lines(
    ledgers: Ledgers,
    owner: Owner,
    id: Id,
    limit: Annotated[int, Query(ge=1, le=5_000)] = 200,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> LinesOut:
    """The lines that stand, latest first."""
    found = (await ledgers.lines(owner, id))[::-1]
    page = [LineOut.of(line) for line in found[offset : offset + limit]]
    return LinesOut(total=len(found), limit=limit, offset=offset, items=page)


@router.post("/{id}/transactions", status_code=HTTPStatus.CREATED)
async def record(ledgers: Ledgers, owner: Owner, id: Id, line: LineIn) -> LineOut:
    """Enter a line by hand."""
    return LineOut.of(await ledgers.record(owner, id, line.transaction()))


@router.put("/{id}/transactions/{line_id}")
async def correct(ledgers: Ledgers, owner: Owner, id: Id, line_id: LineId, line: LineIn) -> LineOut:
    """Put another line in the place of one that stands; both are kept on record."""
    return LineOut.of(await ledgers.correct(owner, id, line_id, line.transaction()))


@router.delete("/{id}/transactions/{line_id}", status_code=HTTPStatus.NO_CONTENT)
async def annul(ledgers: Ledgers, owner: Owner, id: Id, line_id: LineId) -> Response:
    """Take a line away; it stays on record, and importing its file again does not bring it back."""
    await ledgers.annul(owner, id, line_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/{id}/imports")
async def bring_in(  # noqa: PLR0917 - each is a part of the request
    imports: Imports,
    owner: Owner,
    id: Id,
    file: Annotated[UploadFile, File(description="A broker's CSV, tab-separated text or XLSX file")],
    mapping: Annotated[
        str | None, Form(max_length=5_000, description='JSON: our column names to the file\'s, {"code": "Ticker"}')
    ] = None,
    dry_run: Annotated[bool, Query(description="Say what would happen and write nothing")] = False,
) -> ImportOut:
    """Bring in a broker's file: what is new goes in at once, each refused row is named with its reason."""
    if file.size is not None and file.size > MOST_BYTES:
        raise UnreadableFile(f"{file.filename}: larger than {MOST_BYTES // 1024 // 1024} MB")
    data, name = await file.read(), (file.filename or "upload")[-120:]
    report = await imports.bring_in(owner, id, data, name, mapping=_mapping(mapping), dry_run=dry_run)
    return ImportOut.of(report)


@router.get("/{id}/imports")
async def past_imports(imports: Imports, owner: Owner, id: Id) -> list[PastImportOut]:
    """What was brought in before, latest first."""
    return [PastImportOut.of(past) for past in await imports.past(owner, id)]


@router.get("/{id}/imports/{import_id}/rows")
async def import_rows(imports: Imports, owner: Owner, id: Id, import_id: Id) -> list[ImportRowOut]:
    """The rows of a past import as delivered, personal numbers masked, and what became of each."""
    return [ImportRowOut.of(row) for row in await imports.rows(owner, id, import_id)]


def _mapping(text: str | None) -> dict[str, str] | None:
    if not text:
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadLine(f"mapping is not JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise BadLine("mapping must be an object of column names")
    return found
