"""How fast and how large all factors are: ours on a whole panel, pandas on a part of it, the first compilation."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from asxos.domain.factors import FACTORS
from asxos.domain.factors.price import PRICE
from asxos.domain.universe import UniverseRule, universe_mask
from benchmarks.factors_pandas import pandas_factors
from benchmarks.results import Result

THREADS = 2
MOST_SECONDS, MOST_GIGABYTES, LEAST_RATIO, MOST_COMPILE_SECONDS = 15.0, 4.0, 10.0, 8.0
# Pandas takes minutes for a whole market: it gets every so many securities, about this many rows, and is told per row.
PANDAS_ROWS = 400_000


class Run(NamedTuple):
    """One computation in a process of its own: factors, rows, seconds on the clock and of processor, peak memory."""

    factors: int
    rows: int
    seconds: float
    processor: float
    gigabytes: float


def run(panel_path: Path) -> list[Result]:
    """Measure on the panel in `panel_path` (Parquet, the columns of the panel contract)."""
    universe, every = (_apart(partial(_ours, panel_path, is_universe)) for is_universe in (True, False))
    theirs = _apart(partial(_pandas, panel_path))
    compared = [_compared("universe rows", universe, theirs), _compared("every row", every, theirs)]
    compilation = _first_compilation(_cold_compile_seconds())
    return [*_of_universe(universe), *compared, compilation]


def write_panel(prices: Path, to: Path) -> None:
    """The Panel contract from a file of raw prices with a vendor's adjusted close; written to Parquet at `to`."""
    raw = pl.scan_parquet(prices).filter(pl.col("close") > 0)
    factor = pl.col("adj_close") / pl.col("close")
    panel = raw.select(
        security_id=pl.col("symbol").rank("dense").cast(pl.Int32),
        session_date="date",
        **{name: pl.col(name).cast(pl.Float64) * factor for name in ("open", "high", "low", "close")},
        volume=pl.col("volume") / factor,
        raw_close=pl.col("close").cast(pl.Float64),
        turnover=pl.col("close").cast(pl.Float64) * pl.col("volume"),
    )
    panel.unique(["security_id", "session_date"]).sort("security_id", "session_date").collect().write_parquet(to)


def _of_universe(ours: Run) -> Iterator[Result]:
    """What a run of the product costs: factors of the universe's rows only, from a whole panel."""
    name = f"{ours.factors} factors, universe of a panel of {ours.rows:,} rows, {THREADS} threads"
    yield Result(name, round(ours.seconds, 2), "s", ours.seconds <= MOST_SECONDS, floor=f"<= {MOST_SECONDS:g} s")
    yield Result(f"{name}: processor time", round(ours.processor, 2), "s", ok=True)
    yield Result(
        f"{name}: peak memory, panel included", round(ours.gigabytes, 2), "GB", ours.gigabytes <= MOST_GIGABYTES,
        floor=f"<= {MOST_GIGABYTES:g} GB",
    )  # fmt: skip


def _compared(answered: str, ours: Run, theirs: Run) -> Result:
    """Both by the clock, per row of the panel. Pandas makes the factors of prices only, ours the relative ones too."""
    ratio = (theirs.seconds / theirs.rows) / (ours.seconds / ours.rows)
    peer = f"pandas ({theirs.factors} factors, {theirs.rows:,} rows)"
    return Result(
        f"{ours.factors} factors of {answered}: speed", round(ours.rows / ours.seconds), "panel rows/s",
        ratio >= LEAST_RATIO, round(ratio, 1), peer, f">= {LEAST_RATIO:g} times",
    )  # fmt: skip


def _first_compilation(seconds: float) -> Result:
    fits = seconds <= MOST_COMPILE_SECONDS
    return Result(
        "factors: first compilation, processor time",
        round(seconds, 2),
        "s",
        fits,
        floor=f"<= {MOST_COMPILE_SECONDS:g} s",
    )


def _apart(measure: Callable[[], Run]) -> Run:
    """`measure` in a fresh process, so that its peak memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure).result()


def _ours(panel_path: Path, is_universe: bool) -> Run:
    from asxos.domain.factors.compute import compute_factors, warm_up  # the measured process pays for the compiler

    panel = pl.read_parquet(panel_path)
    rows = np.flatnonzero(universe_mask(panel, UniverseRule())) if is_universe else None
    warm_up()
    return _timed(len(FACTORS), panel.height, lambda: compute_factors(panel, rows, threads=THREADS))


def _pandas(panel_path: Path) -> Run:
    from asxos.domain.factors import market_return

    panel = pl.read_parquet(panel_path)
    panel = panel.with_columns(pl.Series("market_return", market_return(panel)))
    step = max(1, round(panel.height / PANDAS_ROWS))
    part = panel.filter(pl.col("security_id").rank("dense") % step == 0).to_pandas()
    return _timed(len(PRICE), len(part), lambda: pandas_factors(part))


def _timed(factors: int, rows: int, compute: Callable[[], object]) -> Run:
    start, used = time.perf_counter(), time.process_time()
    compute()
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Run(factors, rows, seconds, processor, peak / 1e9)


def _cold_compile_seconds() -> float:
    """Processor seconds `warm_up` takes where nothing has been compiled yet (a single thread)."""
    program = (
        "import time; from asxos.domain.factors.compute import warm_up\n"
        "start = time.process_time(); warm_up(); print(time.process_time() - start)"
    )
    with tempfile.TemporaryDirectory() as nothing:
        environment = os.environ | {"NUMBA_CACHE_DIR": nothing}
        answer = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    return float(answer.stdout)
