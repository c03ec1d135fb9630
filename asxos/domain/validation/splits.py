"""Walk-forward folds over sessions: all shares of a date stay together, and no label reaches into its test block."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Fold:
    """Sessions by number: train on [train_start, train_end), test on [test_start, test_end)."""

    train_start: int
    train_end: int
    test_start: int
    test_end: int

    def shifted(self, sessions: int) -> "Fold":
        """The same fold where sessions are counted from another start."""
        return Fold(
            self.train_start + sessions, self.train_end + sessions, self.test_start + sessions, self.test_end + sessions
        )

    def train_rows(self, sessions: IntArray) -> NDArray[np.bool_]:
        """Which rows of a panel train, by the session number of each."""
        return (sessions >= self.train_start) & (sessions < self.train_end)

    def test_rows(self, sessions: IntArray) -> NDArray[np.bool_]:
        """Which rows of a panel are tested, by the session number of each."""
        return (sessions >= self.test_start) & (sessions < self.test_end)


def walk_forward(
    n_sessions: int, *, min_train: int, test_size: int, purge: int, embargo: int = 0, max_train: int | None = None
) -> list[Fold]:
    """Folds that train on the past `max_train` sessions (default: all) and test on the `test_size` that follow.

    Args:
        min_train: sessions in the first training block.
        purge: sessions dropped before each test block because their labels reach into it: horizon + 1.
        embargo: further sessions dropped, for what the label's window does not show (serial correlation of factors).
    The last test block may be short. Source: Lopez de Prado (2018), chapters 7 and 12.
    """
    gap = purge + embargo
    starts = range(min_train + gap, n_sessions, test_size)
    return [
        Fold(_train_start(start - gap, max_train), start - gap, start, min(start + test_size, n_sessions))
        for start in starts
    ]


def _train_start(train_end: int, max_train: int | None) -> int:
    return 0 if max_train is None else max(0, train_end - max_train)
