"""Walk-forward of model_a on threads, on processes and on a Dask cluster of as many workers: seconds, same artefact.

python -m benchmarks.compute PANEL.parquet
"""

import sys
import time
from pathlib import Path
from typing import Any

from distributed import LocalCluster
from joblib import cpu_count

from asxos.core.compute import ALONE, HERE, PROCESSES, Compute
from asxos.core.progress import Silent
from asxos.features.models.dataset import build_dataset
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.training import labelled_sample, out_of_fold
from benchmarks.training import read_panel


def run(path: Path) -> None:
    """Each twice, since a new process first imports LightGBM."""
    registry = ModelRegistry.from_yaml()
    plugin, settings = registry.learner("model_a"), registry.catalogue.training
    assert plugin is not None
    data = build_dataset(read_panel(path, 0.2), registry.catalogue.universe, registry.catalogue.signals.horizon)
    sample = labelled_sample("model_a", data, data.days[-1], settings.step)
    print(f"{len(sample.excess):,} rows, {len(plugin.FEATURES)} factors, {cpu_count()} processors")
    found: set[bytes] = set()
    cluster: Any = LocalCluster(n_workers=cpu_count(), threads_per_worker=1, dashboard_address=":0")
    with cluster:
        far = Compute(cluster.scheduler_address.replace("tcp://", "dask://"))
        for name, compute in {"one": ALONE, "threads": HERE, "processes": Compute(PROCESSES), "dask": far}.items():
            for visit in ("first", "again"):
                started = time.perf_counter()
                out = out_of_fold(plugin, data, sample, settings, Silent(), compute=compute)
                found.add(out.scored.scores.tobytes())
                print(f"{name:10s} {visit} {time.perf_counter() - started:6.1f} s, {len(out.folds)} folds")
    print(f"scores the same to the byte: {len(found) == 1}")


if __name__ == "__main__":
    run(Path(sys.argv[1]))
