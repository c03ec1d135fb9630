"""Work on threads, on processes and on a Dask cluster of two workers, one of which dies."""

import os
import signal
import socket
import sys
from typing import Any

import pytest

from asxos.core.compute import ALONE, HERE, BadCompute, Compute, ComputeUnavailable
from tests.clusters import clustered


def powers(compute: Compute, count: int) -> list[int]:
    # A function of a function travels by its code: the workers cannot import the tests.
    def power(item: int, shared: dict[str, int]) -> int:
        return item ** shared["exponent"]

    return list(compute.map(power, range(count), {"exponent": 2}))


@pytest.mark.parametrize("compute", [HERE, ALONE, Compute("processes", workers=2)])
def test_results_come_in_the_order_of_the_items(compute: Compute) -> None:
    assert powers(compute, 5) == [0, 1, 4, 9, 16]
    assert powers(compute, 0) == []


def test_a_cluster_gives_the_same_results(cluster: Compute) -> None:
    assert powers(cluster, 5) == [0, 1, 4, 9, 16]


def test_all_results_come_back_after_a_worker_was_killed(cluster: Compute) -> None:
    # given work that tells which process does it, and data that was sent to both workers
    def slowly(item: int, shared: bytes) -> tuple[int, int, int]:
        import time

        time.sleep(0.2)
        return item, len(shared), os.getpid()

    results = cluster.map(slowly, range(12), bytes(100_000))
    # when the worker that gave the first result is killed
    seen = [next(results)]
    os.kill(seen[0][2], signal.SIGKILL)
    seen += results
    # then nothing is lost, and what came last was another's work
    assert [(item, size) for item, size, _ in seen] == [(item, 100_000) for item in range(12)]
    assert len({pid for *_, pid in seen}) > 1


@pytest.mark.parametrize("where", ["threads", "processes", "cluster"])
def test_what_the_work_raises_is_raised_here(where: str, cluster: Compute) -> None:
    def fail(item: int, shared: None) -> int:
        raise ValueError(f"item {item} is bad")

    compute = {"threads": HERE, "processes": Compute("processes", workers=2), "cluster": cluster}[where]
    with pytest.raises(ValueError, match="item 0 is bad"):
        list(compute.map(fail, [0], None))


@pytest.mark.parametrize(
    "address", ["dask", "dask://", "dask://host", "dask://:8786", "dask://host:many", "ray://host:1", "dask://h:1/path"]
)
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(BadCompute, match=f"^ASXOS_COMPUTE={address}: "):
        Compute(address)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asxos.core.compute.CONNECT_SECONDS", 0.5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"dask://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ComputeUnavailable, match=f"^ASXOS_COMPUTE={address}: no Dask scheduler answers there$"):
            powers(Compute(address), 1)


def test_a_cluster_without_workers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asxos.core.compute.WORKERS_SECONDS", 0.5)
    with clustered(0) as empty, pytest.raises(ComputeUnavailable, match="the cluster has no worker"):
        powers(empty, 1)


def test_without_dask_installed_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    absent: Any = None
    monkeypatch.setitem(sys.modules, "distributed", absent)
    with pytest.raises(BadCompute, match=r"Dask is not installed; pip install 'asxos\[cluster\]'"):
        powers(Compute("dask://127.0.0.1:8786"), 1)
