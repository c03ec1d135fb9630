"""Which code ran: a hash of what decides a number, and the versions of the libraries that compute it."""

import hashlib
import platform
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

DECIDING = ("domain", "features/models")
LIBRARIES = ("lightgbm", "numba", "numpy", "polars", "scikit-learn", "scipy")


@cache
def code_version() -> str:
    """The version of asxos and a hash of every file that decides what a model says, such as `0.1.0+3f2a9c01be77`."""
    digest = hashlib.sha256()
    for folder in DECIDING:
        for name, file in _sources(files("asxos").joinpath(folder), folder):
            digest.update(f"{name}\n".encode() + file.read_bytes())
    return f"{version('asxos')}+{digest.hexdigest()[:12]}"


@cache
def platform_versions() -> dict[str, str]:
    """The libraries that compute, Python and the kind of processor: another may differ in a last digit."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {**libraries, "python": platform.python_version(), "machine": platform.machine()}


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        name = f"{path}/{item.name}"
        if item.is_dir():
            yield from _sources(item, name)
        elif name.endswith(".py"):
            yield name, item
