"""The whole main job in a new home: `asxos up --once`, as a newcomer starts it, timed from outside."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.results import Result


def run(sample: Path | None) -> list[Result]:
    """Floors: the simulated market under 60 s, the sample of real prices under 90 s, dependencies installed."""
    simulated = _seconds([])
    results = [Result("main job, simulated market", simulated, "s", simulated < 60, floor="< 60 s")]
    if sample is not None:
        real = _seconds(["--data", str(sample)])
        results.append(Result("main job, real sample", real, "s", real < 90, floor="< 90 s"))
    return results


def _seconds(args: list[str]) -> float:
    with tempfile.TemporaryDirectory(prefix="asxos-bench-", ignore_cleanup_errors=True) as home:
        environment = {**os.environ, "ASXOS_HOME": home}
        environment.pop("ASXOS_DATABASE_URL", None)
        started = perf_counter()
        subprocess.run([sys.executable, "-m", "asxos.cli", "up", "--once", *args], env=environment, check=True)
        return perf_counter() - started
