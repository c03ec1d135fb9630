"""Ingest of a whole panel, checks included, against PostgreSQL's own COPY of the same rows; and reading it back."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter

import psycopg

from asxos.core.clock import SystemClock
from asxos.core.db import Database, make_pool
from asxos.core.events.event_bus import EventBus
from asxos.features.market.records import IngestReport
from asxos.features.market.repositories.prices import STORED
from asxos.features.market.services import IngestService, MarketService, Stores
from asxos.features.market.services.calendars import fill_sessions
from asxos.providers.files import open_files
from benchmarks.results import Result

MOST_TIMES_COPY = 1.5
LEAST_ROWS_PER_SECOND = 60_000
MOST_SECONDS_TO_READ = 20.0

_COLUMNS = ", ".join(STORED.columns)


async def run(database_url: str, panel_path: Path) -> list[Result]:
    """`database_url`: a migrated, empty database; `panel_path`: a Parquet panel.

    The table of sessions, filled once a year, is filled before. COPY sends the rows that were ingested, in binary
    (faster than text), from a file into a table like `prices`, primary key included.
    """
    db = Database(make_pool(database_url))
    await db.open()
    try:
        report = await _ingest(db, panel_path)
        copy_seconds, against = _copy_out_and_in(database_url, Path(tempfile.gettempdir()))
        rows, read_seconds = await _read(db)
    finally:
        await db.close()
    return _results(report, copy_seconds, against, rows, read_seconds)


async def _ingest(db: Database, panel: Path) -> IngestReport:
    stores, clock = Stores.over(db), SystemClock()
    await fill_sessions(stores.sessions, clock.now().date())
    return await IngestService(stores, clock=clock, db=db, event_bus=EventBus(db)).ingest(open_files(panel))


async def _read(db: Database) -> tuple[int, float]:
    market = MarketService(Stores.over(db), clock=SystemClock())
    begun = perf_counter()
    panel = await market.panel()
    return panel.height, perf_counter() - begun


def _copy_out_and_in(url: str, folder: Path) -> tuple[float, str]:
    """Seconds of COPY from a file into an empty twin of `prices`, and by whom."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS copied")
        connection.execute("CREATE TABLE copied (LIKE prices INCLUDING ALL)")
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".copy") as file:
            path = Path(file.name)
            _to_file(connection, path)
            connection.execute("CHECKPOINT")
            begun = perf_counter()
            against = _from_file(connection, url, path)
            seconds = perf_counter() - begun
        connection.execute("DROP TABLE copied")
    return seconds, against


def _to_file(connection: psycopg.Connection, path: Path) -> None:
    query = f"COPY (SELECT {_COLUMNS} FROM prices ORDER BY security_id, session_date) TO STDOUT (FORMAT BINARY)"
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(query) as copy:  # pyright: ignore[reportArgumentType, reportCallIssue]
        for block in copy:
            file.write(block)


def _from_file(connection: psycopg.Connection, url: str, path: Path) -> str:
    """By psql where there is one; else libpq sends the same bytes."""
    statement = f"copied ({_COLUMNS}) FROM"
    if psql := shutil.which("psql"):
        command = f"\\copy {statement} '{path}' (FORMAT BINARY)"
        subprocess.run([psql, url, "--quiet", "--no-psqlrc", "--command", command], check=True)
        return "psql's binary COPY"
    query = f"COPY {statement} STDIN (FORMAT BINARY)"
    with path.open("rb") as file, connection.cursor() as cursor, cursor.copy(query) as copy:  # pyright: ignore[reportArgumentType, reportCallIssue]
        while block := file.read(1 << 20):
            copy.write(block)
    return "libpq's binary COPY"


def _results(report: IngestReport, copy_seconds: float, against: str, rows: int, read_seconds: float) -> list[Result]:
    ratio = report.seconds / copy_seconds
    rate = report.rows_per_second
    return [
        Result(
            f"ingest {report.rows / 1e6:.1f} M bars, checks included",
            report.seconds,
            "s",
            ratio <= MOST_TIMES_COPY,
            ratio,
            against,
            f"<= {MOST_TIMES_COPY} x",
        ),
        Result("ingest rate", rate, "rows/s", rate >= LEAST_ROWS_PER_SECOND, floor=f">= {LEAST_ROWS_PER_SECOND:,}"),
        Result(
            f"read {rows / 1e6:.1f} M bars as an adjusted panel",
            read_seconds,
            "s",
            read_seconds <= MOST_SECONDS_TO_READ,
            floor=f"<= {MOST_SECONDS_TO_READ:g} s",
        ),
    ]
