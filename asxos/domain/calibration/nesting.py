"""Earlier and later rows, so that what is learnt on one date is judged on later ones."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Mask = NDArray[np.bool_]

PARTS = 5


def later_parts(sessions: IntArray, purge: int, parts: int = PARTS) -> Iterator[tuple[Mask, Mask]]:
    """Masks (earlier, later) for each part but the first; `purge` sessions before each part are in neither.

    Yields nothing for a part that would have no earlier rows.
    """
    days = np.unique(sessions)
    for part in np.array_split(days, parts)[1:]:
        if not len(part):
            continue
        earlier = sessions < part[0] - purge
        if earlier.any():
            yield earlier, (sessions >= part[0]) & (sessions <= part[-1])
