"""`asxos tax`: a financial year of a portfolio."""

from pathlib import Path
from typing import Annotated

import typer

from asxos.bootstrap import System
from asxos.cli.output import AsJson, print_json, print_table
from asxos.cli.portfolio import DEFAULT, Name
from asxos.cli.running import refuse, with_system
from asxos.core.owners import LOCAL
from asxos.domain.ledger.parcels import Method
from asxos.domain.tax.rules import FinancialYear
from asxos.features.portfolio.services import LedgerService
from asxos.features.tax.exports import SUMMARY, as_csv, as_page, as_workbook
from asxos.features.tax.schemas import TaxYearOut
from asxos.features.tax.services import TaxService

WRITERS = {".csv": as_csv, ".xlsx": as_workbook, ".html": as_page}


def tax(
    fy: Annotated[int, typer.Option("--fy", min=2000, max=2100, help="The year that ends on 30 June of this number.")],
    portfolio: Name = DEFAULT,
    method: Annotated[Method | None, typer.Option(help="Default: the portfolio's own.")] = None,
    export: Annotated[Path | None, typer.Option(help="Also write it to a .csv, .xlsx or .html file.")] = None,
    as_json: bool = AsJson,
) -> None:
    """Capital gains by parcel, losses, dividends and franking of a financial year. A calculator, not advice."""
    if export is not None and export.suffix not in WRITERS:
        refuse(f"{export}: the file must end in {', '.join(WRITERS)}")

    async def work(system: System) -> TaxYearOut:
        chosen = await system.service(LedgerService).named(LOCAL, portfolio)
        found = await system.service(TaxService).year(LOCAL, chosen.id, FinancialYear(fy), method)
        return TaxYearOut.of(found)

    found = with_system(work)
    if export is not None:
        try:
            export.write_bytes(WRITERS[export.suffix](found))
        except OSError as error:
            refuse(f"{export}: {error.strerror}")
    print_json(found) if as_json else _show(found)


def _show(found: TaxYearOut) -> None:
    plain = found.model_dump(mode="json")
    rows = [
        [
            d["symbol"],
            d["quantity"],
            str(d["acquired"] or "unknown"),
            d["sold"],
            *(str(d[n] or "unknown") for n in _SUMS),
        ]
        for d in plain["disposals"]
    ]
    if rows:
        columns = ["Code", "Units ", "Acquired", "Sold", "Cost base ", "Proceeds ", "Gain ", "Discount ", "Assessable "]
        print_table(f"Capital gains {found.fy}, parcels by {found.method}", columns, rows)
    print_table(f"{found.portfolio}, {found.fy}", ["", "A$ "], [[words, plain[name]] for words, name in SUMMARY])
    if found.unknown_cost:
        typer.echo(f"Not in the sums, for want of a cost: {', '.join(found.unknown_cost)}")


_SUMS = ("cost_base", "proceeds", "gain", "discount", "assessable")
