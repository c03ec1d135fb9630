"""Exponential averages seeded with a plain mean, as TA-Lib seeds them."""

import math

import numpy as np

from asxos.domain.factors.kernel.jit import compiled
from asxos.domain.factors.panel import FloatArray, IntArray


@compiled
def seeded_average(values: FloatArray, offsets: IntArray, first: int, last: int, weight: float) -> FloatArray:
    """Exponential average that starts as the mean of the `first`-th to `last`-th value present; shape (n_rows,).

    A missing value is stepped over: NaN at its row, the average carried on behind it.
    """
    averages = np.empty(values.size)
    for k in range(offsets.size - 1):
        number = 0
        average = 0.0
        for i in range(offsets[k], offsets[k + 1]):
            averages[i] = math.nan
            if math.isnan(values[i]):
                continue
            number += 1
            if first <= number <= last:
                average += values[i] / (last - first + 1)
            elif number > last:
                average += weight * (values[i] - average)
            if number >= last:
                averages[i] = average
    return averages
