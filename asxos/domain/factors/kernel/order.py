"""Where values stand among the last ones, in order of size, of place, and along the line through them."""

import math

import numpy as np

from asxos.domain.factors.kernel.jit import compiled
from asxos.domain.factors.panel import FloatArray, IntArray


@compiled
def window_order(
    values: FloatArray, offsets: IntArray, width: int, share: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of the last `width` values: the quantile at `share`, that at 1 - `share`, and the rank of the last, in (0, 1].

    Quantiles lie on the line between neighbours; ties share their mean rank. Shape (n_rows,) each.
    """
    high, low, rank = np.empty(values.size), np.empty(values.size), np.empty(values.size)
    ordered = np.empty(width + 1)
    at_high, at_low = share * (width - 1), (1 - share) * (width - 1)
    for k in range(offsets.size - 1):
        ordered[:] = math.inf  # so sort the missing, and the rows before the first
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
            high[i], low[i], rank[i] = math.nan, math.nan, math.nan
            if missing:
                continue
            place = int(at_high)
            high[i] = ordered[place] + (at_high - place) * (ordered[min(place + 1, width - 1)] - ordered[place])
            place = int(at_low)
            low[i] = ordered[place] + (at_low - place) * (ordered[min(place + 1, width - 1)] - ordered[place])
            first, last = at, at
            while first > 0 and ordered[first - 1] == new:
                first -= 1
            while last + 1 < width and ordered[last + 1] == new:
                last += 1
            rank[i] = ((first + last) / 2 + 1) / width
    return high, low, rank


@compiled
def window_peak(values: FloatArray, offsets: IntArray, width: int) -> FloatArray:
    """Which of the last `width` values is the largest, the first of equals, counted from 1; shape (n_rows,).

    In two passes, as the windows of `windows.py`: of the tail and of the head their largest value and its row.
    """
    place = np.empty(values.size)
    tail, tail_row = np.empty(width + 1), np.zeros(width + 1, np.int64)
    for k in range(offsets.size - 1):
        tail[:width] = math.nan
        tail[width] = -math.inf
        for start in range(offsets[k], offsets[k + 1], width):
            stop = min(start + width, offsets[k + 1])
            head, head_row = -math.inf, 0
            for i in range(start, stop):
                is_higher = not values[i] <= head and head == head  # noqa: PLR0124 (NaN stays)
                head, head_row = (values[i], i) if is_higher else (head, head_row)
                rest = tail[i - start + 1]
                row = tail_row[i - start + 1] if rest >= head else head_row
                place[i] = math.nan if math.isnan(rest) or math.isnan(head) else row - (i - width)
            for i in range(stop - 1, start - 1, -1):
                at = i - start
                rest = tail[at + 1]
                is_higher = not values[i] < rest and rest == rest  # noqa: PLR0124
                tail[at], tail_row[at] = (values[i], i) if is_higher else (rest, tail_row[at + 1])
    return place


@compiled
def window_slope(values: FloatArray, offsets: IntArray, width: int) -> FloatArray:
    """Slope of the line of least squares through the last `width` values, per row; shape (n_rows,).

    In two passes, as the windows of `windows.py`: of the tail and of the head their sum and their sum weighed by place.
    """
    slope = np.empty(values.size)
    tail_sum, tail_weighed = np.empty(width + 1), np.empty(width + 1)
    spread = width * (width * width - 1) / 12
    for k in range(offsets.size - 1):
        tail_sum[:width], tail_weighed[:width] = math.nan, math.nan
        tail_sum[width], tail_weighed[width] = 0.0, 0.0
        for start in range(offsets[k], offsets[k + 1], width):
            stop = min(start + width, offsets[k + 1])
            total, weighed = 0.0, 0.0
            for i in range(start, stop):
                count = i - start + 1
                total += values[i]
                weighed += count * values[i]
                behind = width - count
                whole = total + tail_sum[count]
                by_place = weighed + behind * total + tail_weighed[count]
                slope[i] = (by_place - (width + 1) / 2 * whole) / spread
            for i in range(stop - 1, start - 1, -1):
                at = i - start
                tail_weighed[at] = tail_weighed[at + 1] + tail_sum[at + 1] + values[i]
                tail_sum[at] = tail_sum[at + 1] + values[i]
    return slope
