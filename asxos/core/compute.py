"""Where independent pieces of work run: threads or processes of this machine, or the workers of a Dask cluster."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from asxos.core.errors import BadInput, Unavailable

Item = TypeVar("Item")
Shared = TypeVar("Shared")
Result = TypeVar("Result")

# Threads are the default because LightGBM and the arrays hold no Python lock, and a new process first takes seconds to
# import them (benchmarks/compute.py); processes are for models that spend their time in Python.
PROCESSES = "processes"
# A scheduler that listens answers at once; workers may be starting.
CONNECT_SECONDS, WORKERS_SECONDS = 5, 20


class BadCompute(BadInput):
    """ASXOS_COMPUTE cannot be used."""

    def __init__(self, address: str, fault: str) -> None:
        super().__init__(f"ASXOS_COMPUTE={address}: {fault}")


class ComputeUnavailable(Unavailable):
    """The cluster does not answer, or nobody works there."""

    def __init__(self, address: str, fault: str) -> None:
        super().__init__(f"ASXOS_COMPUTE={address}: {fault}")


@dataclass(frozen=True)
class Compute:
    """`address`: empty for threads, `processes`, or `dask://host:port`; `workers`: at once on this machine, -1 for one
    a processor. A cluster uses all it has. Raises: BadCompute: the address is none of these."""

    address: str = ""
    workers: int = -1

    def __post_init__(self) -> None:
        if self.address not in ("", PROCESSES):
            self._scheduler()

    def map(self, work: Callable[[Item, Shared], Result], items: Iterable[Item], shared: Shared) -> Iterator[Result]:
        """`work(item, shared)` of every item, in the items' order, each as soon as it and those before it are done.

        `shared` is what every piece needs; it is sent once to each worker of a cluster, so that a piece whose worker
        died can be done by another. Work for processes or a cluster must be picklable, and takes half a second or more
        to be worth its way. Raises: BadCompute: Dask is not installed; ComputeUnavailable; what `work` raises.
        """
        from joblib import Parallel, delayed  # noqa: PLC0415 - 0.2 s; the API never computes

        with self._backend(shared) as backend:
            # joblib's own types know neither numbers of a batch nor what a task returns.
            options: dict[str, Any] = {"batch_size": 1, "pre_dispatch": "all", "return_as": "generator"} | backend
            results: Any = Parallel(**options)(delayed(work)(item, shared) for item in items)
            yield from results

    @contextmanager
    def _backend(self, shared: object) -> Generator[dict[str, Any]]:
        """What joblib needs to know to work there."""
        if not self.address:
            # A thread a piece of work is all that the processors hold: a linear algebra library that starts its own
            # beside them waits more than it works.
            from threadpoolctl import threadpool_limits  # noqa: PLC0415 - as in map

            with threadpool_limits(1, "blas"):
                yield {"n_jobs": self.workers, "backend": "threading"}
            return
        if self.address == PROCESSES:
            yield {"n_jobs": self.workers, "backend": "loky"}
            return
        with self._client() as client:
            from joblib import parallel_config  # noqa: PLC0415 - as in map

            # Entered for its backend only: left open, it would rule whatever else runs between two results.
            with parallel_config("dask", client=client, scatter=[shared]) as config:
                backend = config["backend"]
            yield {"n_jobs": -1, "backend": backend}

    @contextmanager
    def _client(self) -> Generator[Any]:
        """A connection to the cluster, which has a worker. Raises: BadCompute, ComputeUnavailable."""
        try:
            from distributed import Client  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise BadCompute(self.address, "Dask is not installed; pip install 'asxos[cluster]'") from error
        try:
            client = Client(self._scheduler(), timeout=CONNECT_SECONDS, set_as_default=False)
        except OSError as error:
            raise ComputeUnavailable(self.address, "no Dask scheduler answers there") from error
        with client:
            try:
                client.wait_for_workers(1, timeout=WORKERS_SECONDS)
            except TimeoutError as error:
                raise ComputeUnavailable(self.address, "the cluster has no worker") from error
            yield client

    def _scheduler(self) -> str:
        """The address as Dask writes it. Raises: BadCompute."""
        parts = urlsplit(self.address)
        try:
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise BadCompute(self.address, str(error)) from error
        if parts.scheme != "dask" or not host or not port or parts.path:
            raise BadCompute(self.address, f"is neither {PROCESSES!r} nor dask://host:port")
        return f"tcp://{host}:{port}"


HERE = Compute()
"""Threads of this process, one a processor."""
ALONE = Compute(workers=1)
"""One piece after the other, for work that is itself a piece."""
