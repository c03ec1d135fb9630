"""HTTP for tax: parse, call the service, serialise."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from asxos.core.amounts import PositiveIn
from asxos.core.http import Code, IsoDate, provided
from asxos.core.owners import Owner
from asxos.domain.ledger.parcels import Method
from asxos.domain.tax.rules import FinancialYear
from asxos.features.tax.exports import as_csv, as_page, as_workbook
from asxos.features.tax.schemas import PreviewOut, TaxYearOut
from asxos.features.tax.services import PreviewService, TaxService, what_if
from asxos.providers.brokers.cells import ledger_code

router = APIRouter(prefix="/portfolios", tags=["tax"])

Tax = Annotated[TaxService, Depends(provided(TaxService))]
Previews = Annotated[PreviewService, Depends(provided(PreviewService))]
Id = Annotated[int, Path(ge=1, le=2**62)]
Year = Annotated[int, Path(ge=2000, le=2100, description="The year that ends on 30 June of this number")]
By = Annotated[Method | None, Query(description="Instead of the portfolio's own choice of parcels")]

_FORMATS = {
    "csv": (as_csv, "text/csv; charset=utf-8", "csv"),
    "xlsx": (as_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "html": (as_page, "text/html; charset=utf-8", "html"),
}


@router.get("/{id}/tax/{fy}")
async def tax_year(tax: Tax, owner: Owner, id: Id, fy: Year, method: By = None) -> TaxYearOut:
    """Gains by parcel, losses, dividends and franking of a financial year."""
    return TaxYearOut.of(await tax.year(owner, id, FinancialYear(fy), method))


@router.get(
    "/{id}/tax/{fy}/export",
    response_class=Response,
    responses={200: {"content": {kind.split(";")[0]: {} for _, kind, _ in _FORMATS.values()}}},
)
async def tax_export(  # noqa: PLR0917 - each is a part of the request
    tax: Tax,
    owner: Owner,
    id: Id,
    fy: Year,
    format: Annotated[Literal["csv", "xlsx", "html"], Query()] = "csv",
    method: By = None,
) -> Response:
    """The year as CSV, as a workbook, or as a page to print."""
    found = TaxYearOut.of(await tax.year(owner, id, FinancialYear(fy), method))
    write, kind, ending = _FORMATS[format]
    how = "inline" if format == "html" else "attachment"
    return Response(
        write(found), media_type=kind, headers={"Content-Disposition": f'{how}; filename="tax-{fy}.{ending}"'}
    )


@router.get("/{id}/sale-preview")
async def sale_preview(  # noqa: PLR0917 - each is a part of the request
    previews: Previews,
    owner: Owner,
    id: Id,
    code: Code,
    quantity: PositiveIn,
    price: PositiveIn,
    on: IsoDate,
    method: By = None,
) -> PreviewOut:
    """What selling would add to the year's gain and tax, and what waiting for the discount would save."""
    sale = what_if(ledger_code(code), quantity, price, on)
    return PreviewOut.of(await previews.preview(owner, id, sale, method))
