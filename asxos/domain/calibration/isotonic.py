"""Steps that never fall: pool adjacent violators."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def never_falling(values: FloatArray, weights: FloatArray) -> FloatArray:
    """The non-decreasing sequence nearest to `values` in weighted least squares, shape (n,).

    Source: Ayer et al. (1955).
    """
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        block = (value, weight, 1)
        while blocks and blocks[-1][0] >= block[0]:
            before = blocks.pop()
            total = before[1] + block[1]
            block = ((before[0] * before[1] + block[0] * block[1]) / total, total, before[2] + block[2])
        blocks.append(block)
    return np.repeat([b[0] for b in blocks], [b[2] for b in blocks]).astype(np.float64)


def equal_mass_bins(scores: FloatArray, bins: int) -> list[NDArray[np.int64]]:
    """Row numbers of each bin, lowest scores first; equal scores may part, so bins have equal mass. No bin is empty."""
    order = np.argsort(scores, kind="stable").astype(np.int64)
    return [part for part in np.array_split(order, bins) if len(part)]
