"""Dask clusters on this machine."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from asxos.core.compute import Compute


@contextmanager
def clustered(workers: int) -> Generator[Compute]:
    """A cluster of some worker processes; one that is killed comes back."""
    from distributed import LocalCluster  # half a second, for few tests

    cluster: Any = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0")
    with cluster:
        yield Compute(cluster.scheduler_address.replace("tcp://", "dask://"))
