"""The door for notebooks: open a market and work on it; `docs/guides/lab.md` shows how."""

from asxos.lab.doors import open, simulate  # noqa: A004 - read as asxos.open
from asxos.lab.lab import Lab
from asxos.lab.runs import Run

__all__ = ["Lab", "Run", "open", "simulate"]
