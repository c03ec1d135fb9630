"""`asxos ingest`: bring prices in, and what is known of shares beside them."""

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from asxos.bootstrap import System
from asxos.cli.bars import run_drawn
from asxos.cli.output import AsJson, console, day_of, print_json
from asxos.cli.running import refuse, with_system
from asxos.features.fundamentals.records import SHORT_POSITIONS, Book
from asxos.features.fundamentals.services import FactIngestService
from asxos.features.market.jobs import INGEST_PRICES, PriceSource
from asxos.features.market.services import ReferenceService
from asxos.features.news.jobs import INGEST_ANNOUNCEMENTS
from asxos.features.tax.services import CpiService

app = typer.Typer(no_args_is_help=True, help="Bring data in.")

Path_ = Annotated[Path, typer.Option("--from", exists=True, help="A file, or a folder of them.")]


MOST_SHOWN = 40


class Provider(StrEnum):
    YAHOO = "yahoo"
    EODHD = "eodhd"
    SIMULATED = "simulated"


@app.command()
def prices(
    path: Annotated[Path | None, typer.Option("--from", help="A price file, or a folder of them.")] = None,
    provider: Annotated[Provider | None, typer.Option(help="Ask a provider instead.")] = None,
    symbols: Annotated[list[str] | None, typer.Option(help="Only these; repeat the option.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    as_json: bool = AsJson,
) -> None:
    """Check and store daily bars; what is faulty goes to quarantine with its reason, the rest goes in."""
    if (path is None) == (provider is None):
        refuse("name either --from PATH or --provider NAME")
    source = PriceSource(path=path, provider=provider.value if provider else None, symbols=symbols, since=day_of(since))
    report = with_system(lambda system: ingest_drawn(system, source), simulated=provider is Provider.SIMULATED)
    print_json(report) if as_json else show_report(report)


@app.command()
def actions(path: Path_, as_json: bool = AsJson) -> None:
    """Corporate actions and dividends from a CSV file."""
    report = with_system(lambda system: system.service(ReferenceService).ingest_actions(path))
    print_json(report) if as_json else show_report(report)


@app.command()
def index(path: Path_, as_json: bool = AsJson) -> None:
    """Levels of market indices, with dividends where the file has them, from a CSV file."""
    report = with_system(lambda system: system.service(ReferenceService).ingest_index(path))
    print_json(report) if as_json else show_report(report)


@app.command()
def cpi(path: Path_, as_json: bool = AsJson) -> None:
    """Consumer price index numbers by quarter (its last day, or 2024-Q3) from a CSV file."""
    report = with_system(lambda system: system.service(CpiService).ingest(path))
    print_json(report) if as_json else show_report(report)


@app.command()
def universe(path: Path_, as_json: bool = AsJson) -> None:
    """Names, sectors, listing dates and dated codes from a CSV file."""
    report = with_system(lambda system: system.service(ReferenceService).ingest_universe(path))
    print_json(report) if as_json else show_report(report)


@app.command()
def fundamentals(path: Path_, as_json: bool = AsJson) -> None:
    """Figures of companies (or short positions) as published, from a CSV or Parquet file or a folder of them."""
    _take_in(path, None, as_json=as_json)


@app.command()
def shorts(path: Path_, as_json: bool = AsJson) -> None:
    """Reported short positions, from ASIC's own report or a CSV or Parquet file, or a folder of them."""
    _take_in(path, SHORT_POSITIONS, as_json=as_json)


@app.command()
def announcements(path: Path_, as_json: bool = AsJson) -> None:
    """What companies told the exchange, from a CSV or Parquet file or a folder of them: type it and learn from it."""
    source = PriceSource(path=path)
    report = with_system(lambda system: ingest_drawn(system, source, INGEST_ANNOUNCEMENTS))
    print_json(report) if as_json else show_report(report)


async def ingest_drawn(system: System, source: PriceSource, job: str = INGEST_PRICES) -> dict[str, Any]:
    """Run an ingest job here, drawn as bars; returns its report."""
    return await run_drawn(system, job, source.model_dump(mode="json", exclude_none=True))


def _take_in(path: Path, only: Book | None, *, as_json: bool) -> None:
    report = asdict(with_system(lambda system: system.service(FactIngestService).ingest(path, only)))
    report["refused"] = list(report["refused"])
    print_json(report) if as_json else show_report(report)


def show_report(report: dict[str, object]) -> None:
    """Counts on one line, then one line for each of the first things that were refused."""
    refused = report.pop("refused", [])
    console.print(
        "  ".join(
            f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}" for name, value in report.items()
        )
    )
    assert isinstance(refused, list)
    for line in refused[:MOST_SHOWN]:
        console.print(f"[yellow]refused[/] {line}")
    if len(refused) > MOST_SHOWN:
        console.print(f"[yellow]refused[/] {len(refused) - MOST_SHOWN:,} more, all of them with --json")
