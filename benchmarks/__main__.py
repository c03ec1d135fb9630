"""`make bench`: every figure this project claims, measured; a table, and build/bench.json.

`python -m benchmarks [--data FOLDER] [NAME ...]`: FOLDER holds the real panel; without it the full-panel figures are
left out and said to be. `qlib` runs only when named: it installs Qlib into an environment of its own under build/.
"""

import argparse
import asyncio
import platform
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import polars as pl
import psutil
from rich.console import Console
from rich.table import Table

from asxos.cli.running import run_quickly
from asxos.core.migrate import migrate
from asxos.core.postgres.server import EmbeddedPostgres
from benchmarks import backtest, daily, events, factors, http, ingest, main_job, portfolio, rebalancing, signals, text
from benchmarks.beside_qlib import features as qlib_features
from benchmarks.results import Result

PANEL, SAMPLE = "asx_prices.parquet", "asx_prices_sample.parquet"
OUT = Path("build/bench.json")


@dataclass(frozen=True)
class Data:
    """Where real prices lie; None where there are none."""

    folder: Path | None

    def file(self, name: str) -> Path | None:
        path = self.folder / name if self.folder else None
        return path if path is not None and path.is_file() else None


Suite = Callable[[Data], Coroutine[Any, Any, list[Result]]]


async def _signals_and_http(_: Data) -> list[Result]:
    async with _database() as url:
        return [*await signals.run(url), *await http.run(url)]


def _on_database(measure: Callable[[str], Awaitable[list[Result]]]) -> Suite:
    """`measure` of an empty database."""

    async def suite(_: Data) -> list[Result]:
        async with _database() as url:
            return await measure(url)

    return suite


async def _ingest(data: Data) -> list[Result]:
    panel = data.file(PANEL)
    if panel is None:
        return []
    async with _database() as url:
        return list(await ingest.run(url, panel))


async def _factors(data: Data) -> list[Result]:
    return await asyncio.to_thread(_prepared, data, factors.run)


async def _qlib(data: Data) -> list[Result]:
    return await asyncio.to_thread(_prepared, data, qlib_features.run)


def _prepared(data: Data, measure: Callable[[Path], list[Result]]) -> list[Result]:
    """`measure` of the real panel in the form that factors are computed from."""
    panel = data.file(PANEL)
    if panel is None:
        return []
    with TemporaryDirectory() as folder:
        prepared = Path(folder) / "panel.parquet"
        factors.write_panel(panel, prepared)
        return measure(prepared)


async def _backtest(_: Data) -> list[Result]:
    return await asyncio.to_thread(backtest.measure)


async def _main_job(data: Data) -> list[Result]:
    return await asyncio.to_thread(main_job.run, data.file(SAMPLE))


async def _text(data: Data) -> list[Result]:
    if data.folder is None or data.file(PANEL) is None:
        return []
    return await asyncio.to_thread(text.run, data.folder)


async def _rebalancing(_: Data) -> list[Result]:
    return await asyncio.to_thread(rebalancing.measure)


SUITES: dict[str, Suite] = {
    "main_job": _main_job,
    "daily": _on_database(daily.run),
    "signals": _signals_and_http,
    "events": _on_database(events.run),
    "portfolio": _on_database(portfolio.run),
    "rebalancing": _rebalancing,
    "ingest": _ingest,
    "factors": _factors,
    "backtest": _backtest,
    "text": _text,
}
WHEN_NAMED: dict[str, Suite] = {"qlib": _qlib}


@asynccontextmanager
async def _database() -> AsyncGenerator[str, None]:
    """A migrated database on an embedded server of its own."""
    temporary = TemporaryDirectory(prefix="asxos-bench-", ignore_cleanup_errors=True)
    with temporary as home, EmbeddedPostgres(Path(home), linger=0.0) as url:
        await migrate(url)
        yield url


def _machine() -> dict[str, Any]:
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "python": platform.python_version(),
        "polars": pl.__version__,
        "load_before": round(psutil.getloadavg()[0], 2),
    }


def _show(results: Iterable[Result]) -> None:
    table = Table(title="Benchmarks", title_justify="left")
    for name in ("figure", "value", "ratio", "floor", ""):
        table.add_column(name, justify="right" if name in {"value", "ratio"} else "left")
    for r in results:
        ratio = f"{r.ratio:.2f} x {r.against}" if r.ratio is not None else ""
        table.add_row(r.name, f"{r.value:,.2f} {r.unit}", ratio, r.floor or "", "ok" if r.ok else "[red]missed[/]")
    Console().print(table)


def main() -> int:
    """Run the suites named, or all; 1 when a floor is missed."""
    every = SUITES | WHEN_NAMED
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument(
        "suites", nargs="*", metavar="NAME", help=f"of {', '.join(every)}; default: all but {', '.join(WHEN_NAMED)}"
    )
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    args = parser.parse_args()
    data = Data(args.data if args.data.is_dir() else None)
    results = [r for name in args.suites or SUITES for r in run_quickly(every[name](data))]
    OUT.parent.mkdir(exist_ok=True)
    report = {"machine": _machine(), "results": [r.as_json() for r in results]}
    OUT.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    _show(results)
    if data.file(PANEL) is None:
        print(f"no {PANEL} under {args.data}: the full-panel figures were not measured")
    return 0 if all(r.ok for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
