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
    inverse = 1 / np.maximum(np.arange(width + 1), 1)  # a product costs a fifth of a quotient
    tail, tail_number = np.empty((width + 1, 5)), np.zeros(width + 1, np.int64)
    for k in range(offsets.size - 1):
        tail[:width] = math.nan
        tail[width] = 0.0
        for start in range(offsets[k], offsets[k + 1], width):
            stop = min(start + width, offsets[k + 1])
            n, mean_x, mean_y, sum_xy, sum_xx, sum_yy = 0, 0.0, 0.0, 0.0, 0.0, 0.0
            for i in range(start, stop):
                if not (math.isnan(x[i]) or math.isnan(y[i])):
                    n += 1
                    step_x, step_y = x[i] - mean_x, y[i] - mean_y
                    mean_x += step_x * inverse[n]
                    mean_y += step_y * inverse[n]
                    sum_xy += step_x * (y[i] - mean_y)
                    sum_xx += step_x * (x[i] - mean_x)
                    sum_yy += step_y * (y[i] - mean_y)
                rest, rest_number = tail[i - start + 1], tail_number[i - start + 1]
                both = n + rest_number
                gap_x, gap_y, part = mean_x - rest[0], mean_y - rest[1], inverse[both]
                weight = n * rest_number * part
                # NaN, the value of what the window lacks, must survive where neither part has a row.
                part = part if both else math.nan
                number[i] = both + 0.0 * rest[0]
                xy[i] = (sum_xy + rest[2] + gap_x * gap_y * weight) * part
                xx[i] = (sum_xx + rest[3] + gap_x * gap_x * weight) * part
                yy[i] = (sum_yy + rest[4] + gap_y * gap_y * weight) * part
            for i in range(stop - 1, start - 1, -1):
                at = i - start
                tail[at], tail_number[at] = tail[at + 1], tail_number[at + 1]
                if not (math.isnan(x[i]) or math.isnan(y[i])):
                    here = tail[at]
                    tail_number[at] += 1
                    step_x, step_y, part = x[i] - here[0], y[i] - here[1], inverse[tail_number[at]]
                    here[0] += step_x * part
                    here[1] += step_y * part
                    here[2] += step_x * (y[i] - here[1])
                    here[3] += step_x * (x[i] - here[0])
                    here[4] += step_y * (y[i] - here[1])
    return number, xy, xx, yy
