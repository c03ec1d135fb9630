"""Alpha158 by Qlib and by us from the same bars of the same shares: processor seconds, and whether it is the same."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from asxos.domain.factors.alpha158 import ALPHA158_NAMES
from asxos.domain.factors.panel import FactorArray
from benchmarks.beside_qlib.bars import name_of, with_vwap, write_bars
from benchmarks.beside_qlib.environment import run_inside
from benchmarks.results import Result

SHARES, LEAST_BARS = 200, 500
LEAST_RATIO, TOLERANCE = 20.0, 1e-3
# Qlib fills short windows with what there is, we leave them missing: compared from the bar on which all are whole.
FIRST_BAR = 61
# A difference counts relative to a value of this size or more: many features pass through 0.
LEAST_SIZE = 1e-2
# Where a bar lacks its volume or a price, Qlib measures the rest of the window and we do not: so many rows may differ.
MOST_APART = 1e-3


def run(panel_path: Path) -> list[Result]:
    """Both on the most traded shares of the panel in `panel_path`, each on one processor, its second run measured.

    Each share's bars are numbered from its first, so that a window of Qlib's, which counts days, holds our bars.
    """
    bars = _most_traded(pl.read_parquet(panel_path))
    ours, seconds = _ours(bars)
    theirs, their_seconds = _theirs(bars)
    return list(_results(bars, ours, theirs, seconds, their_seconds))


def _most_traded(panel: pl.DataFrame) -> pl.DataFrame:
    turnover = panel.group_by("security_id").agg(pl.col("turnover").sum(), bars=pl.len())
    kept = turnover.filter(pl.col("bars") >= LEAST_BARS).sort("turnover", "security_id").tail(SHARES)["security_id"]
    bars = with_vwap(panel.filter(pl.col("security_id").is_in(kept.implode())))
    return bars.with_columns(session=pl.int_range(pl.len()).over("security_id"))


def _ours(bars: pl.DataFrame) -> tuple[FactorArray, float]:
    from asxos.domain.factors.compiled.alpha158 import compute_alpha158

    compute_alpha158(bars, threads=1)
    start = time.process_time()
    found = compute_alpha158(bars, threads=1)
    return found, time.process_time() - start


def _theirs(bars: pl.DataFrame) -> tuple[FactorArray, float]:
    """Rows in the order of `bars`."""
    first = date(2000, 1, 1)
    days = [first + timedelta(days=n) for n in range(int(bars["session"].to_numpy().max()) + 1)]
    with TemporaryDirectory() as folder:
        home, out = Path(folder) / "bars", Path(folder) / "alpha158.parquet"
        write_bars(bars, days, home)
        seconds = float(run_inside("features", home, out))
        found = pl.read_parquet(out)
    asked = bars.select(
        instrument=pl.col("security_id").map_elements(name_of, pl.String),
        datetime=pl.lit(first).dt.offset_by(pl.format("{}d", "session")).cast(pl.Datetime("us")),
    )
    placed = asked.join(found, on=["instrument", "datetime"], how="left", maintain_order="left")
    return placed.select(pl.col(ALPHA158_NAMES).cast(pl.Float32).fill_null(np.nan)).to_numpy(), seconds


def _results(
    bars: pl.DataFrame, ours: FactorArray, theirs: FactorArray, seconds: float, their_seconds: float
) -> Iterator[Result]:
    ratio = their_seconds / seconds
    yield Result(
        f"Alpha158 of {SHARES} shares, {bars.height:,} bars: processor time", round(seconds, 2), "s",
        ratio >= LEAST_RATIO, round(ratio, 1), f"Qlib 0.9.7 ({their_seconds:.1f} s)", f">= {LEAST_RATIO:g} times",
    )  # fmt: skip
    whole = bars["session"].to_numpy() >= FIRST_BAR
    apart = {name: _apart(ours[whole, k], theirs[whole, k]) for k, name in enumerate(ALPHA158_NAMES)}
    worst = max(apart, key=lambda name: apart[name])
    equal = sum(share <= MOST_APART for share in apart.values())
    yield Result(
        f"Alpha158: features equal to Qlib's to {TOLERANCE:g} (worst {worst}, {apart[worst]:.2%} of rows apart)",
        equal, f"of {len(apart)}", equal == len(apart), floor=f"on all but {MOST_APART:.1%} of rows",
    )  # fmt: skip


def _apart(ours: FactorArray, theirs: FactorArray) -> float:
    """The share of rows on which one misses the value, or they differ by more than the tolerance."""
    gap = np.abs(ours.astype(np.float64) - theirs)
    differs = ~(gap <= TOLERANCE * np.maximum(np.abs(theirs), LEAST_SIZE)) & ~(np.isnan(ours) & np.isnan(theirs))
    return float(differs.mean())
