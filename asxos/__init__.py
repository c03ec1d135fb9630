"""ASX Portfolio OS: signals for the Australian share market that can be checked.

In a notebook `import asxos` opens the lab: `asxos.open("prices.parquet")`, `asxos.open()`, `asxos.simulate()`.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The lab's names, loaded when one is asked for: commands and services import this package and need none."""
    if name in ("lab", "Lab", "Run", "open", "simulate"):
        lab = import_module("asxos.lab")
        return lab if name == "lab" else getattr(lab, name)
    raise AttributeError(f"module 'asxos' has no attribute {name!r}")
