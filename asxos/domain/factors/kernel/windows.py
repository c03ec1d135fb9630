"""Sliding windows in two passes and without subtraction.

The rows of a security are cut in blocks as wide as the window. A window is then the tail of one block and the head of
the next, and both are accumulated from their own end: no drift, nothing left of an extreme value once it has passed, a
missing value (NaN) spoils only the windows that hold it, and the first row is the only anchor, so later rows never
change earlier results. The tail starts as NaN, which leaves the rows before the first whole window missing.
Source: van Herk (1992), Gil and Werman (1993).
"""

import math

import numpy as np

from asxos.domain.factors.kernel.jit import compiled
from asxos.domain.factors.panel import FloatArray, IntArray


@compiled
def window_moments(values: FloatArray, offsets: IntArray, width: int) -> tuple[FloatArray, FloatArray]:
    """Mean of the last `width` values and the sum of their squared deviations from it; shape (n_rows,) each.

    Source: Welford (1962) along a block; Chan, Golub and LeVeque (1979) to join two.
    """
    mean, squares = np.empty(values.size), np.empty(values.size)
    inverse = 1 / np.maximum(np.arange(width + 1), 1)  # a product costs a fifth of a quotient
    tail_mean, tail_squares = np.empty(width + 1), np.empty(width + 1)
    for k in range(offsets.size - 1):
        for at in range(width):
            tail_mean[at], tail_squares[at] = math.nan, math.nan
        tail_mean[width], tail_squares[width] = 0.0, 0.0
        for start in range(offsets[k], offsets[k + 1], width):
            stop = min(start + width, offsets[k + 1])
            head_mean, head_squares = 0.0, 0.0
            for i in range(start, stop):
                count = i - start + 1
                step = values[i] - head_mean
                head_mean += step * inverse[count]
                head_squares += step * (values[i] - head_mean)
                gap = head_mean - tail_mean[count]
                mean[i] = tail_mean[count] + gap * count * inverse[width]
                squares[i] = tail_squares[count] + head_squares + gap * gap * (width - count) * count * inverse[width]
            for i in range(stop - 1, start - 1, -1):
                at = i - start
                step = values[i] - tail_mean[at + 1]
                tail_mean[at] = tail_mean[at + 1] + step * inverse[width - at]
                tail_squares[at] = tail_squares[at + 1] + step * (values[i] - tail_mean[at])
    return mean, squares


@compiled
def window_mean(values: FloatArray, offsets: IntArray, width: int) -> FloatArray:
    """Mean of the last `width` values, where their spread is not asked for; shape (n_rows,)."""
    mean = np.empty(values.size)
    tail = np.empty(width + 1)
    for k in range(offsets.size - 1):
        tail[:width] = math.nan
        tail[width] = 0.0
        for start in range(offsets[k], offsets[k + 1], width):
            stop = min(start + width, offsets[k + 1])
            head = 0.0
            for i in range(start, stop):
                head += values[i]
                mean[i] = (head + tail[i - start + 1]) / width
            for i in range(stop - 1, start - 1, -1):
                tail[i - start] = tail[i - start + 1] + values[i]
    return mean


@compiled
def window_max(values: FloatArray, offsets: IntArray, width: int) -> FloatArray:
    """Largest of the last `width` values; shape (n_rows,)."""
    largest = np.empty(values.size)
    tail = np.empty(width + 1)
    for k in range(offsets.size - 1):
        for at in range(width):
            tail[at] = math.nan
        tail[width] = -math.inf
        for start in range(offsets[k], offsets[k + 1], width):
            stop = min(start + width, offsets[k + 1])
            head = -math.inf
            for i in range(start, stop):
                head = head if head > values[i] or head != head else values[i]  # noqa: PLR0124 (NaN stays)
                rest = tail[i - start + 1]
                largest[i] = rest if rest > head or rest != rest else head  # noqa: PLR0124
            for i in range(stop - 1, start - 1, -1):
                rest = tail[i - start + 1]
                tail[i - start] = rest if rest > values[i] or rest != rest else values[i]  # noqa: PLR0124
    return largest


@compiled
def window_median(values: FloatArray, offsets: IntArray, width: int) -> FloatArray:
    """Median of the last `width` values (an even number); shape (n_rows,)."""
    median = np.empty(values.size)
    ordered = np.empty(width)
    for k in range(offsets.size - 1):
        for at in range(width):
            ordered[at] = math.inf  # so sort the missing, and the rows before the first
        missing = width
        for i in range(offsets[k], offsets[k + 1]):
            old = values[i - width] if i - width >= offsets[k] else math.nan
            new = values[i]
            missing += int(math.isnan(new)) - int(math.isnan(old))
            old = math.inf if math.isnan(old) else old
            new = math.inf if math.isnan(new) else new
            at = 0
            while ordered[at] != old:
                at += 1
            while at + 1 < width and ordered[at + 1] < new:
                ordered[at] = ordered[at + 1]
                at += 1
            while at > 0 and ordered[at - 1] > new:
                ordered[at] = ordered[at - 1]
                at -= 1
            ordered[at] = new
            median[i] = math.nan if missing else 0.5 * (ordered[width // 2 - 1] + ordered[width // 2])
    return median


@compiled
def window_fall(values: FloatArray, offsets: IntArray, width: int) -> FloatArray:
    """Deepest fall from an earlier value, both among the last `width`; shape (n_rows,), 0 for none, else negative.

    The deepest fall of a window lies in the tail, in the head, or from the tail's peak to the head's trough.
    `deepest` is a trough over its peak, 1 for no fall. A missing value makes peak, trough and `deepest` NaN for good.
    """
    fall = np.empty(values.size)
    tail_peak, tail_deepest = np.empty(width + 1), np.empty(width + 1)
    for k in range(offsets.size - 1):
        for at in range(width):
            tail_peak[at], tail_deepest[at] = math.nan, math.nan
        tail_peak[width], tail_deepest[width] = 0.0, 1.0
        for start in range(offsets[k], offsets[k + 1], width):
            stop = min(start + width, offsets[k + 1])
            peak, trough, deepest = 0.0, math.inf, 1.0
            for i in range(start, stop):
                value, at = values[i], i - start + 1
                peak = value if not value <= peak and peak == peak else peak  # noqa: PLR0124 (NaN stays)
                trough = value if not value >= trough and trough == trough else trough  # noqa: PLR0124
                deepest = value / peak if not value / peak >= deepest else deepest
                across = trough / tail_peak[at]
                across = across if not across >= deepest else deepest
                fall[i] = (across if not across >= tail_deepest[at] else tail_deepest[at]) - 1.0
            trough = math.inf
            for i in range(stop - 1, start - 1, -1):
                value, at = values[i], i - start
                trough = value if not value >= trough and trough == trough else trough  # noqa: PLR0124
                peak = tail_peak[at + 1]
                tail_peak[at] = value if not value <= peak and peak == peak else peak  # noqa: PLR0124
                deepest = tail_deepest[at + 1]
                tail_deepest[at] = trough / value if not trough / value >= deepest else deepest
    return fall
