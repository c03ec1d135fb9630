"""Train and test model_a and momentum out of sample on a price panel: seconds, memory, and how good they are.

    python -m benchmarks.training PANEL.parquet [--from 2012-01-01 --to 2024-12-31] [--skip-sessions-under 0.2]

The panel has the columns of the project's price files (symbol, date, open, high, low, close, adj_close, volume), prices
as traded, and may have `entity`, which keeps a company together through changes of code. Delisted shares stay.
"""

import argparse
import resource
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from asxos.core.progress import Silent
from asxos.domain.calibration.scale import Said
from asxos.domain.labels import session_index
from asxos.domain.validation.record import order
from asxos.domain.validation.sessions import Pace
from asxos.features.models.dataset import Dataset, build_dataset
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.training import baseline_scores, evidence_of, labelled_sample, out_of_fold, train

NAMES = ("rank_ic", "icir", "hac_t", "auc", "decile_spread", "net_spread", "turnover_best", "sharpe", "dates")


def read_panel(path: Path, least_share: float) -> pl.DataFrame:
    """The panel adjusted by the vendor's factor; sessions with under `least_share` of the median number of bars go."""
    bars = pl.read_parquet(path)
    key = "entity" if "entity" in bars.columns else "symbol"
    bars = bars.filter(
        (pl.col("symbol") != "XAO") & (pl.col("close") > 0) & (pl.col("open") > 0) & (pl.col("adj_close") > 0)
    )
    counts = bars.group_by("date").len()
    kept = counts.filter(pl.col("len") >= least_share * counts["len"].to_numpy().mean())["date"]
    factor = pl.col("adj_close").cast(pl.Float64) / pl.col("close")
    return (
        bars.filter(pl.col("date").is_in(kept.implode()))
        .with_columns(security_id=pl.col(key).cast(pl.String).rank("dense").cast(pl.Int32))
        .unique(["security_id", "date"], keep="last")
        .sort("security_id", "date")
        .select(
            "security_id",
            session_date="date",
            **{name: pl.col(name) * factor for name in ("open", "high", "low", "close")},
            volume=pl.col("volume") / factor,
            raw_close=pl.col("close").cast(pl.Float64),
            turnover=pl.col("close").cast(pl.Float64) * pl.col("volume"),
        )
    )


def between(plugin: TrainedPlugin, data: Dataset, registry: ModelRegistry, first: date, last: date) -> dict[str, Any]:
    """Measures of out-of-fold scores of some years only, with the baselines on the same rows."""
    settings = registry.catalogue.training
    sample = labelled_sample(plugin.config.model_id, data, data.days[-1], settings.step)
    found = out_of_fold(plugin, data, sample, settings, Silent())
    told = evidence_of(data, sample, found, Said(*np.full((4, len(found.rows)), np.nan)))
    others = baseline_scores(data, sample, settings)
    scores = {plugin.config.model_id: told["score"].to_numpy()} | {n: s[found.rows] for n, s in others.items()}
    part = pl.col("session_date").is_between(first, last)
    pace = Pace(data.horizon, settings.step)
    return {name: order(told.with_columns(score=pl.Series(s)).filter(part), pace) for name, s in scores.items()}


def show(title: str, found: dict[str, Any]) -> None:
    print(f"  {title:10s} " + "  ".join(f"{name} {found[name]:.4f}" for name in NAMES))


def run(path: Path, first: date, last: date, least_share: float) -> None:
    """Print everything for one panel."""
    panel = read_panel(path, least_share)
    sessions = int(session_index(panel).max()) + 1
    print(f"{path.name}: {panel.height:,} rows, {panel['security_id'].n_unique():,} securities, {sessions:,} sessions")
    registry, started = ModelRegistry.from_yaml(), time.perf_counter()
    data = build_dataset(panel, registry.catalogue.universe, registry.catalogue.signals.horizon)
    print(f"dataset {time.perf_counter() - started:.1f} s, {len(data.sessions):,} universe rows")
    for plugin in registry.get_enabled():
        assert isinstance(plugin, TrainedPlugin)
        started, busy = time.perf_counter(), time.process_time()
        draft = train(plugin, data, data.days[-1], registry.catalogue.training, Silent())
        metrics = draft.metrics
        spent = f"{time.perf_counter() - started:.1f} s, {time.process_time() - busy:.1f} s of processor"
        print(f"{plugin.config.model_id}: trained in {spent}, {metrics['folds']} folds")
        show("all years", dict(metrics))
        print("  " + "  ".join(f"{n} {metrics[n]}" for n in ("brier", "ece", "log_loss", "coverage", "calibration")))
        for name, found in between(plugin, data, registry, first, last).items():
            show(f"{name} *", found)
            print("     tenths " + " ".join(f"{100 * tenth:+.2f}%" for tenth in found["deciles"]))
    print(f"* {first} to {last}; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panel", type=Path)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date(2012, 1, 1))
    parser.add_argument("--to", dest="last", type=date.fromisoformat, default=date(2024, 12, 31))
    parser.add_argument("--skip-sessions-under", type=float, default=0.2)
    given = parser.parse_args()
    run(given.panel, given.first, given.last, given.skip_sessions_under)


if __name__ == "__main__":
    main()
