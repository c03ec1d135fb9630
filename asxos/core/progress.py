"""How long work tells how far it is, without knowing who looks: a terminal's bar, a job's row, or nobody."""

from typing import Protocol


class Progress(Protocol):
    """Safe to call from any thread; must return at once."""

    def step(self, name: str) -> None:
        """A new part of the work begins."""
        ...

    def advance(self, fraction: float, text: str = "") -> None:
        """The present part is this far, in [0, 1]."""
        ...


class Silent:
    """Nobody is looking."""

    def step(self, name: str) -> None:
        """Say nothing."""

    def advance(self, fraction: float, text: str = "") -> None:
        """Say nothing."""
