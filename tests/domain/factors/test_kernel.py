"""The compiled loops against the plainest numpy, run as Python and as compiled code."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from asxos.domain.factors.kernel.averages import seeded_average
from asxos.domain.factors.kernel.order import window_order, window_peak, window_slope
from asxos.domain.factors.kernel.pairs import window_pairs
from asxos.domain.factors.kernel.windows import window_fall, window_max, window_mean, window_median, window_moments
from asxos.domain.factors.panel import FloatArray

OFFSETS = np.array([0, 3, 40, 41, 100], np.int64)
WIDTH = 6


def series() -> FloatArray:
    """A hundred values above zero with two holes."""
    values = np.random.default_rng(3).lognormal(0, 1, 100)
    values[[20, 71]] = np.nan
    return values


def by_window(values: FloatArray, measure: Callable[[FloatArray], float]) -> FloatArray:
    """`measure` of every whole window without a hole, NaN elsewhere."""
    out = np.full(len(values), np.nan)
    for start, stop in pairwise(OFFSETS.tolist()):
        for i in range(start + WIDTH - 1, stop):
            window = values[i - WIDTH + 1 : i + 1]
            out[i] = np.nan if np.isnan(window).any() else measure(window)
    return out


def both(function: Any) -> tuple[Any, Any]:
    """The loop as Python runs it and as compiled."""
    return function.py_func, function


def deepest_fall(window: FloatArray) -> float:
    return float((window / np.maximum.accumulate(window)).min() - 1)


@pytest.mark.parametrize(
    ("loop", "measure"),
    [(window_max, np.max), (window_mean, np.mean), (window_median, np.median), (window_fall, deepest_fall)],
)
def test_a_sliding_measure_equals_the_measure_of_every_window(
    loop: Any, measure: Callable[[FloatArray], float]
) -> None:
    for run in both(loop):
        with np.errstate(divide="ignore"):
            measured = run(series(), OFFSETS, WIDTH)
        np.testing.assert_allclose(measured, by_window(series(), measure), rtol=1e-14)


def test_sliding_moments_equal_the_moments_of_every_window() -> None:
    for run in both(window_moments):
        mean, squares = run(series(), OFFSETS, WIDTH)
        np.testing.assert_allclose(mean, by_window(series(), lambda w: float(np.mean(w))), rtol=1e-13)
        np.testing.assert_allclose(squares, by_window(series(), lambda w: float(np.var(w) * WIDTH)), rtol=1e-12)


def test_sliding_moments_of_a_constant_are_exact() -> None:
    mean, squares = window_moments(np.full(50, 0.1), np.array([0, 50], np.int64), 7)
    assert set(mean[6:]) == {0.1}
    assert set(squares[6:]) == {0.0}


def test_sliding_pairs_equal_numpy_on_the_rows_of_every_window_that_have_both() -> None:
    x, y = series(), np.random.default_rng(4).normal(5, 1, 100)
    y[[21, 50, 90, 91, 92, 93, 94, 95]] = np.nan
    for run in both(window_pairs):
        with np.errstate(invalid="ignore", divide="ignore"):
            number, *found = run(x, y, OFFSETS, WIDTH)
        for start, stop in pairwise(OFFSETS.tolist()):
            assert np.isnan([values[start : start + WIDTH - 1] for values in (number, *found)]).all()
            for i in range(start + WIDTH - 1, stop):
                window = np.stack([x, y])[:, i - WIDTH + 1 : i + 1]
                pairs = window[:, ~np.isnan(window).any(axis=0)]
                expected = np.cov(pairs, ddof=0) if pairs.size else np.full((2, 2), np.nan)
                assert number[i] == pairs.shape[1]
                np.testing.assert_allclose([values[i] for values in found], expected[[0, 0, 1], [1, 0, 1]], atol=1e-12)


def test_order_peak_and_slope_equal_numpy_on_every_window() -> None:
    def upper(window: FloatArray) -> float:
        return float(np.quantile(window, 0.8))

    def place_in_order(window: FloatArray) -> float:
        return float((window < window[-1]).sum() + ((window == window[-1]).sum() + 1) / 2) / WIDTH

    values = np.round(series(), 1)
    for run in both(window_order):
        high, low, rank = run(values, OFFSETS, WIDTH, 0.8)
        np.testing.assert_allclose(high, by_window(values, upper), rtol=1e-12)
        np.testing.assert_allclose(low, by_window(values, lambda w: float(np.quantile(w, 0.2))), rtol=1e-12)
        np.testing.assert_allclose(rank, by_window(values, place_in_order), rtol=1e-12)
    for run in both(window_peak):
        expected = by_window(values, lambda w: float(np.argmax(w) + 1))
        np.testing.assert_array_equal(run(values, OFFSETS, WIDTH), expected)
    for run in both(window_slope):
        expected = by_window(values, lambda w: float(np.polyfit(np.arange(WIDTH), w, 1)[0]))
        np.testing.assert_allclose(run(values, OFFSETS, WIDTH), expected, atol=1e-12)


def test_a_seeded_average_starts_at_the_mean_and_steps_over_holes() -> None:
    # given 1, 2, hole, 6, then 10: seeded by the second and third value present, weight a half
    values = np.array([1.0, 2.0, np.nan, 6.0, 10.0])
    for run in both(seeded_average):
        np.testing.assert_array_equal(
            run(values, np.array([0, 5], np.int64), 2, 3, 0.5), [np.nan, np.nan, np.nan, 4.0, 7.0]
        )


def test_the_loops_are_compiled_once_for_all_panels() -> None:
    # given everything the other tests of this process have computed
    for loop in (seeded_average, window_fall, window_max, window_median, window_moments, window_pairs):
        loop_types: Any = loop
        others: dict[Any, Any] = {seeded_average: (OFFSETS, 1, 2, 0.5), window_pairs: (series(), OFFSETS, WIDTH)}
        loop_types(series(), *others.get(loop, (OFFSETS, WIDTH)))
        assert len(loop_types.signatures) == 1
