"""Rank IC out of sample: our models and ensemble beside Qlib's LightGBM on Alpha158; one panel, folds and label.

python -m benchmarks.beside_qlib.ranking PANEL.parquet [--from 2015-01-01 --to 2024-12-31]
"""

import argparse
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.core.progress import Silent
from asxos.domain.labels import session_index
from asxos.domain.validation.record import order
from asxos.domain.validation.sessions import Pace
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import Dataset, Sample, build_dataset
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.training import fit_found, folds_of, labelled_sample, out_of_fold, purge
from benchmarks.beside_qlib.bars import name_of, with_vwap, write_bars
from benchmarks.beside_qlib.environment import run_inside
from benchmarks.training import read_panel, show

FloatArray = NDArray[np.float64]

LEAST_SHARE = 0.2
QLIB = "qlib"


def run(path: Path, first: date, last: date) -> None:
    """Print every model's measures on the rows that all of them scored."""
    panel, registry = read_panel(path, LEAST_SHARE), ModelRegistry.from_yaml()
    data = build_dataset(panel, registry.catalogue.universe, registry.catalogue.signals.horizon)
    settings = registry.catalogue.training
    sample = labelled_sample("ensemble", data, data.days[-1], settings.step)
    scores = _ours(data, sample, registry) | {QLIB: _theirs(panel, data, sample, settings)}
    common = np.all([np.isfinite(values) for values in scores.values()], axis=0)
    rows = _told(data, sample).with_columns(pl.Series(name, values) for name, values in scores.items())
    rows = rows.filter(pl.Series(common), pl.col("session_date").is_between(first, last))
    print(f"{first} to {last}, {rows.height:,} rows that all scored")
    for name in scores:
        show(name, order(rows.with_columns(score=name), Pace(data.horizon, settings.step)))


def _ours(data: Dataset, sample: Sample, registry: ModelRegistry) -> dict[str, FloatArray]:
    """Out-of-fold scores of each enabled model that these data suffice for, and of their ensemble; (n_rows,) each.

    The ensemble here is the mean of probabilities by the weights of models.yaml.
    """
    scores: dict[str, FloatArray] = {}
    likely: dict[str, FloatArray] = {}
    for plugin in registry.get_enabled():
        assert isinstance(plugin, TrainedPlugin)
        found = out_of_fold(plugin, data, sample, registry.catalogue.training, Silent())
        if not len(found.rows):
            print(f"{plugin.config.model_id} has no data here")
            continue
        said = fit_found(plugin, data, found, registry.catalogue.training).nested
        for into, values in ((scores, found.scored.scores), (likely, said.probabilities)):
            into[plugin.config.model_id] = np.full(len(sample.sessions), np.nan)
            into[plugin.config.model_id][found.rows] = values
    weights = registry.get_ensemble_weights()
    shares = np.array([weights[name] for name in likely])
    return scores | {"ensemble": shares @ np.stack(list(likely.values())) / shares.sum()}


def _theirs(panel: pl.DataFrame, data: Dataset, sample: Sample, settings: TrainingSection) -> FloatArray:
    """Scores by Qlib of the sample's rows, by models of the same folds; (n_rows,), NaN where it has none."""
    rows = pl.DataFrame({
        "instrument": [name_of(int(id)) for id in sample.security_ids],
        "datetime": pl.Series(np.array(data.days, "datetime64[D]")[sample.sessions]).cast(pl.Datetime("ns")),
        "session": sample.sessions,
        "excess": sample.excess,
    })  # fmt: skip
    folds = [asdict(fold) | {"purge": purge(data)} for fold in folds_of(data, sample, settings)]
    with TemporaryDirectory() as folder:
        home, asked, plan, out = (Path(folder) / name for name in ("bars", "rows.parquet", "folds.json", "out.parquet"))
        write_bars(with_vwap(panel).with_columns(session=pl.Series(session_index(panel))), data.days, home)
        rows.write_parquet(asked)
        plan.write_text(json.dumps(folds))
        run_inside("rank", home, asked, plan, out)
        found = pl.read_parquet(out).with_columns(pl.col("datetime").cast(pl.Datetime("ns")))
    placed = rows.join(found, on=["instrument", "datetime"], how="left", maintain_order="left")
    return placed["score"].cast(pl.Float64).fill_null(np.nan).to_numpy()


def _told(data: Dataset, sample: Sample) -> pl.DataFrame:
    """What followed each row of the sample, in the columns that measures are made of."""
    return pl.DataFrame({
        "session_date": np.array(data.days, "datetime64[D]")[sample.sessions],
        "security_id": sample.security_ids,
        "excess": sample.excess,
        "cost": sample.costs,
    })  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panel", type=Path)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date(2015, 1, 1))
    parser.add_argument("--to", dest="last", type=date.fromisoformat, default=date(2024, 12, 31))
    given = parser.parse_args()
    run(given.panel, given.first, given.last)


if __name__ == "__main__":
    main()
