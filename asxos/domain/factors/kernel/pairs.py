"""How two series vary together in a sliding window, over the rows that have both."""

import math

import numpy as np

from asxos.domain.factors.kernel.jit import compiled
from asxos.domain.factors.panel import FloatArray, IntArray


@compiled
def window_pairs(
    x: FloatArray, y: FloatArray, offsets: IntArray, width: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Of the last `width` rows: how many have both, their mean product of deviations and mean squares of deviations.

    In two passes, as the windows of `windows.py`; a row without both is stepped over. Shape (n_rows,) each.
    Source: Welford (1962) along a block; Chan, Golub and LeVeque (1979) to join two.
    """
    number, xy, xx, yy = np.empty(x.size), np.empty(x.size), np.empty(x.size), np.empty(x.size)
    tail = np.empty((width + 1, 6))
    for k in range(offsets.size - 1):
        tail[:width] = math.nan
        tail[width] = 0.0
        for start in range(offsets[k], offsets[k + 1], width):
            stop = min(start + width, offsets[k + 1])
            n, mean_x, mean_y, sum_xy, sum_xx, sum_yy = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            for i in range(start, stop):
                if not (math.isnan(x[i]) or math.isnan(y[i])):
                    n += 1.0
                    step_x, step_y = x[i] - mean_x, y[i] - mean_y
                    mean_x += step_x / n
                    mean_y += step_y / n
                    sum_xy += step_x * (y[i] - mean_y)
                    sum_xx += step_x * (x[i] - mean_x)
                    sum_yy += step_y * (y[i] - mean_y)
                rest = tail[i - start + 1]
                both = n + rest[0]
                gap_x, gap_y, weight = mean_x - rest[1], mean_y - rest[2], n * rest[0] / both
                number[i] = both
                xy[i] = (sum_xy + rest[3] + gap_x * gap_y * weight) / both
                xx[i] = (sum_xx + rest[4] + gap_x * gap_x * weight) / both
                yy[i] = (sum_yy + rest[5] + gap_y * gap_y * weight) / both
            for i in range(stop - 1, start - 1, -1):
                at = i - start
                tail[at] = tail[at + 1]
                if not (math.isnan(x[i]) or math.isnan(y[i])):
                    here = tail[at]
                    here[0] += 1.0
                    step_x, step_y = x[i] - here[1], y[i] - here[2]
                    here[1] += step_x / here[0]
                    here[2] += step_y / here[0]
                    here[3] += step_x * (y[i] - here[2])
                    here[4] += step_x * (x[i] - here[1])
                    here[5] += step_y * (y[i] - here[2])
    return number, xy, xx, yy
