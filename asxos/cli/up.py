"""`asxos up`: everything, from nothing to published signals, then the site and the worker."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from asxos.bootstrap import System
from asxos.cli.bars import run_drawn
from asxos.cli.ingest import ingest_drawn, show_report
from asxos.cli.operate import DEFAULT_PORT, Port, serve_system
from asxos.cli.output import console
from asxos.cli.running import refuse, with_system
from asxos.cli.signals import show_ranking
from asxos.core.events.types import EventType
from asxos.core.home import market_used_last
from asxos.core.settings import Settings
from asxos.features.fundamentals.jobs import SIMULATE_FACTS
from asxos.features.market.jobs import PriceSource
from asxos.features.news.jobs import INGEST_ANNOUNCEMENTS
from asxos.features.signals.events import ranking_key
from asxos.features.signals.schemas import LiveSignalsOut
from asxos.features.signals.services import GENERATE_SIGNALS, SignalService

WEEKS_OF_HISTORY = 26
SHOWN = 10


def up(  # noqa: PLR0917 - each is an option of the command
    data: Annotated[
        Path | None, typer.Option(help="Price file or folder; default: what is stored, else simulated.")
    ] = None,
    port: Port = DEFAULT_PORT,
    once: Annotated[bool, typer.Option("--once", help="Stop when the signals are published.")] = False,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="The simulated market, even where real prices are.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Simulated market: its seed.")] = 1,
    symbols: Annotated[int, typer.Option(min=20, max=3_000, help="Simulated market: shares ever listed.")] = 250,
    years: Annotated[float, typer.Option(min=3, max=30, help="Simulated market: years of prices.")] = 8,
    alpha: Annotated[float, typer.Option(min=0, max=0.3, help="Simulated market: planted rank IC; 0 is noise.")] = 0.1,
) -> None:
    """Database, migrations, prices, training, signals; then the site and the worker."""
    if data is not None and not data.exists():
        refuse(f"{data}: no such file or folder")
    invented = PriceSource(provider="simulated", seed=seed, count=symbols, years=years, alpha=alpha)
    source = PriceSource(path=data) if data is not None else invented

    async def work(system: System) -> None:
        await publish(system, source, is_wanted=data is not None)
        if not once:
            await _serve(system, port)

    is_new = market_used_last(Settings().home) is None
    with_system(work, simulated=False if data is not None else True if simulated or is_new else None)


async def publish(system: System, source: PriceSource, *, is_wanted: bool) -> None:
    """Ingest (unless prices are stored and none were named), then rank, then show the best."""
    stored = await system.event_bus.get_history(EventType.PRICE_UPDATED, 1)
    if is_wanted or not stored:
        show_report(await ingest_drawn(system, source))
        if source.provider == "simulated":
            await run_drawn(system, SIMULATE_FACTS, source.model_dump(mode="json", exclude_none=True))
            show_report(await ingest_drawn(system, source, INGEST_ANNOUNCEMENTS))
    await _rank(system)
    view = await system.service(SignalService).get_live_signals(limit=SHOWN)
    show_ranking(LiveSignalsOut.of(view))


async def _rank(system: System) -> None:
    """Rank the latest prices under their event's key: what is done, or under way elsewhere, is not repeated."""
    latest = await system.event_bus.get_history(EventType.PRICE_UPDATED, 1)
    key = ranking_key(latest[0]) if latest else None
    await run_drawn(system, GENERATE_SIGNALS, {"history": WEEKS_OF_HISTORY}, key)


async def _serve(system: System, port: int) -> None:
    async with _worker():
        console.print(f"\n[bold]http://{system.settings.host}:{port}[/]  (Ctrl-C stops everything)")
        await serve_system(system, port)


@asynccontextmanager
async def _worker() -> AsyncGenerator[None, None]:
    """A worker process beside this one, so that training never slows a page; it ends with us, however we end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "asxos.cli", "worker", "--parent", str(os.getpid()))
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()
