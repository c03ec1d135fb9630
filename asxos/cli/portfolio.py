"""`asxos portfolio`: bring in a broker's file, show what is held."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from asxos.bootstrap import System
from asxos.cli.output import AsJson, percent, print_json, print_table
from asxos.cli.portfolio_past import DEFAULT, performance, risk
from asxos.cli.portfolio_rebalance import rebalance
from asxos.cli.running import refuse, with_system
from asxos.core.owners import LOCAL
from asxos.domain.money import cents
from asxos.features.portfolio.schemas import HoldingOut, HoldingsOut, ImportOut
from asxos.features.portfolio.services import HoldingsService, ImportService, LedgerService

app = typer.Typer(no_args_is_help=True, help="Portfolios, from your broker's own files.")

SOME_REFUSED = 3
Name = Annotated[str, typer.Option("--portfolio", help="The portfolio's name; made by its first import.")]

app.command()(performance)
app.command()(risk)
app.command()(rebalance)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A broker's CSV, tab-separated text or XLSX file.")],
    portfolio: Name = DEFAULT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and write nothing.")] = False,
    column: Annotated[
        list[str] | None, typer.Option(help="Of an unknown layout: our name=the file's, e.g. --column code=Ticker.")
    ] = None,
    as_json: bool = AsJson,
) -> None:
    """Bring in a file; importing it again changes nothing. Exit code 3: some rows were refused."""
    try:
        data = file.read_bytes()
    except OSError as error:
        refuse(f"{file}: {error.strerror}")
    mapping = _mapping(column or [])

    async def work(system: System) -> ImportOut:
        chosen = await system.service(LedgerService).find_or_create(LOCAL, portfolio)
        imports = system.service(ImportService)
        report = await imports.bring_in(LOCAL, chosen.id, data, file.name, mapping=mapping, dry_run=dry_run)
        return ImportOut.of(report)

    done = with_system(work)
    print_json(done) if as_json else _show_import(done)
    if done.refused:
        raise typer.Exit(SOME_REFUSED)


@app.command()
def show(portfolio: Name = DEFAULT, as_json: bool = AsJson) -> None:
    """What is held, what it cost and is worth, and what the ensemble says of it."""

    async def work(system: System) -> HoldingsOut:
        chosen = await system.service(LedgerService).named(LOCAL, portfolio)
        return HoldingsOut.of(await system.service(HoldingsService).value(LOCAL, chosen.id))

    held = with_system(work)
    print_json(held) if as_json else _show_holdings(held)


def _mapping(columns: list[str]) -> dict[str, str] | None:
    if any("=" not in column for column in columns):
        refuse("--column takes our name=the file's, e.g. --column code=Ticker")
    return dict(column.split("=", 1) for column in columns) or None


def _show_import(done: ImportOut) -> None:
    typer.echo(
        f"{done.layout}: {done.added} {'would be ' if done.import_id is None else ''}added, {done.duplicates} there"
        f" already, {len(done.refused)} refused, {done.skipped} of no concern"
    )
    rows = [[str(row.line), row.outcome, row.reason or ""] for row in done.rows if row.reason]
    if rows:
        print_table("Rows to look at", ["Line ", "Outcome", "Why"], rows)


def _show_holdings(held: HoldingsOut) -> None:
    mark = "  SIMULATED PRICES" if held.simulated else ""
    columns = ["Code", "Units ", "Cost base ", "Price ", "Of", "Value ", "Gain ", "Signal", "Name"]
    print_table(
        f"{held.portfolio.name} as of {held.as_of or 'no prices'}{mark}", columns, list(map(_row, held.holdings))
    )
    typer.echo(f"Value A${_money(held.value)}, cost base A${_money(held.cost_base)}, gain A${_money(held.gain)}")
    if held.unpriced:
        typer.echo(f"Without a price, and so not in the value: {', '.join(held.unpriced)}")
    for short in held.shortfalls:
        typer.echo(f"{short.code}: {short.quantity:f} units sold on {short.on} that no line bought")


def _row(holding: HoldingOut) -> list[str]:
    price = holding.price
    signal = holding.signal
    return [
        holding.code,
        f"{holding.quantity:,f}",
        _money(holding.cost_base),
        f"{price.close:.3f}" if price else "–",
        f"{price.session_date}{' stale' if price.is_stale else ''}" if price else "–",
        _money(holding.value),
        _money(holding.gain),
        f"{signal.signal.replace('_', ' ')} {percent(signal.confidence, 0)[1:]}" if signal else "–",
        holding.name or "",
    ]


def _money(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{cents(amount):,}"
