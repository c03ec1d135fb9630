"""Fit the half spread to real closing quotes and show it beside what was measured, by turnover and by tick.

    python -m benchmarks.costs [--data FOLDER]

FOLDER holds `asx300_closing_quotes.parquet` and `asx_prices.parquet`. A share's turnover is the median of 20 sessions.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize

from asxos.domain.costs import SPREAD_AT_A_MILLION, SPREAD_POWER, half_spread, tick

FloatArray = NDArray[np.float64]

TURNOVERS = (0, 2.5e5, 5e5, 1e6, 2.5e6, 5e6, 1e7, 2.5e7, 1e8, np.inf)
TICKS = (0, 0.001, 0.002, 0.0035, 0.005, 0.01, 0.02, np.inf)


def read_quotes(folder: Path) -> pl.DataFrame:
    """`mid, half, turnover` of every closing quote whose ask is above its bid."""
    first, last = pl.date(2009, 8, 1), pl.date(2015, 12, 31)
    traded = pl.col("close").cast(pl.Float64) * pl.col("volume")
    turnover = (
        pl.scan_parquet(folder / "asx_prices.parquet")
        .filter(pl.col("date").is_between(first, last))
        .select(pl.col("symbol").cast(pl.String), as_of="date", traded=traded)
        .sort("symbol", "as_of")
        .select("symbol", "as_of", turnover=pl.col("traded").rolling_median(20).over("symbol"))
    )
    bid, ask = pl.col("bid").cast(pl.Float64), pl.col("ask").cast(pl.Float64)
    return (
        pl.scan_parquet(folder / "asx300_closing_quotes.parquet")
        .with_columns(pl.col("symbol").cast(pl.String))
        .join(turnover, on=["symbol", "as_of"])
        .filter((bid > 0) & (ask > bid) & (pl.col("turnover") > 0))
        .select("turnover", mid=(bid + ask) / 2, half=(ask - bid) / (ask + bid))
        .filter(pl.col("half") < 0.2)
        .collect()
    )


def fit(quotes: pl.DataFrame) -> tuple[float, float]:
    """Spread at A$1m a day and its power of turnover, by gamma likelihood: the mean, relative errors alike."""
    half, mid, turnover = (quotes[name].to_numpy() for name in ("half", "mid", "turnover"))
    floor = tick(mid) / mid / 2

    def loss(p: FloatArray) -> float:
        fitted = np.maximum(floor, np.exp(p[0]) * (turnover / 1e6) ** p[1])
        return float(np.mean(half / fitted + np.log(fitted)))

    found: FloatArray = minimize(loss, [-5.0, -0.3], method="Nelder-Mead").x
    return float(np.exp(found[0])), float(found[1])


def show(title: str, values: FloatArray, edges: tuple[float, ...], quotes: pl.DataFrame) -> None:
    """Measured and fitted half spreads in basis points, a line a bucket."""
    half = quotes["half"].to_numpy()
    fitted = half_spread(quotes["mid"].to_numpy(), quotes["turnover"].to_numpy())
    print(f"{title:>24} {'quotes':>8} {'median':>8} {'mean':>8} {'model':>8}   (half spread, basis points)")
    for low, high in pairwise(edges):
        part = (values > low) & (values <= high)
        figures = (np.median(half[part]), half[part].mean(), fitted[part].mean())
        print(f"{f'{low:g} to {high:g}':>24} {part.sum():>8,} " + " ".join(f"{1e4 * f:8.1f}" for f in figures))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    quotes = read_quotes(parser.parse_args().data)
    at_a_million, power = fit(quotes)
    print(f"{quotes.height:,} quotes; fitted {at_a_million:.4f} x (turnover / A$1m) ^ {power:.3f}")
    print(f"in use {SPREAD_AT_A_MILLION:.4f} x (turnover / A$1m) ^ {SPREAD_POWER:.3f}, at least half a tick")
    mid = quotes["mid"].to_numpy()
    show("turnover A$ a day", quotes["turnover"].to_numpy(), TURNOVERS, quotes)
    show("tick / price", tick(mid) / mid, TICKS, quotes)


if __name__ == "__main__":
    main()
