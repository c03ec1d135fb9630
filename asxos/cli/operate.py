"""Commands of whoever runs the system: serve, worker, migrate, doctor, the OpenAPI document."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Annotated

import orjson
import typer
import uvicorn

from asxos import worker as worker_process
from asxos.api import create_api, create_app
from asxos.bootstrap import System, build
from asxos.cli.output import AsJson, console, print_json
from asxos.cli.running import FAILED, run, with_system
from asxos.core.doctor import diagnose
from asxos.core.home import database
from asxos.core.migrate import migrate as apply_migrations
from asxos.core.settings import Settings

DEFAULT_PORT = 8788
PARENT_WATCH_SECONDS = 0.5
# Open event streams would hold a stopping server for ever.
STOP_SECONDS = 3

Port = Annotated[int, typer.Option(min=1, max=65_535)]


def serve(port: Port = DEFAULT_PORT) -> None:
    """The HTTP service and the pages."""
    with_system(lambda system: serve_system(system, port))


async def serve_system(system: System, port: int) -> None:
    """Serve until told to stop."""
    settings = system.settings
    config = uvicorn.Config(
        create_app(system),
        host=settings.host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False,
    )
    await uvicorn.Server(config).serve()


def worker(
    parent: Annotated[int | None, typer.Option(help="Stop when this process is gone.", hidden=True)] = None,
) -> None:
    """Jobs, event deliveries and the timetable."""

    async def work(system: System) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        watching = asyncio.create_task(_watch(parent, stop))
        await worker_process.run(system, stop)
        watching.cancel()

    with_system(work)


async def _watch(parent: int | None, stop: asyncio.Event) -> None:
    """A killed parent sends no signal, but its children are given to another."""
    while parent is not None and os.getppid() == parent:  # noqa: ASYNC110 - no event tells of a parent's death
        await asyncio.sleep(PARENT_WATCH_SECONDS)
    if parent is not None:
        stop.set()


def migrate() -> None:
    """Bring the database up to date."""

    async def work() -> list[str]:
        with database(Settings()) as url:
            return await apply_migrations(url)

    applied = run(work())
    console.print("\n".join(f"applied {name}" for name in applied) or "the database is up to date")


def doctor(port: Port = DEFAULT_PORT, as_json: bool = AsJson) -> None:
    """Look at this machine and say what is wrong and how to mend it."""
    settings = Settings()
    findings = diagnose(settings.home, settings.database_url, port=port)
    if as_json:
        print_json([vars(finding) for finding in findings])
    for finding in () if as_json else findings:
        mark = "[green]ok[/]  " if finding.is_ok else "[red]bad[/] "
        console.print(f"{mark} [bold]{finding.name:<12}[/] {finding.message}")
        if finding.mend:
            console.print(f"     [dim]{finding.mend}[/]")
    if not all(finding.is_ok for finding in findings):
        raise typer.Exit(FAILED)


def openapi(to: Annotated[Path | None, typer.Option(help="A file; default: print it.")] = None) -> None:
    """The API's OpenAPI document; needs no database."""
    text = orjson.dumps(create_api(build(Settings(), "")).openapi(), option=orjson.OPT_INDENT_2)
    if to is None:
        typer.echo(text.decode())
    else:
        to.write_bytes(text)
