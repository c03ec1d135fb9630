import numpy as np
import pytest

from asxos.domain.calibration.intervals import GAIN, LEAK, MOST, POWER, Intervals, fit_intervals, liquidity_groups


def test_intervals_cover_nine_in_ten_of_new_rows_in_every_group() -> None:
    rng = np.random.default_rng(8)
    groups, swings = rng.integers(0, 3, 30_000), rng.lognormal(np.log(0.03), 0.5, 30_000)
    residuals = rng.standard_t(4, 30_000) * np.array([3.0, 2.0, 1.0])[groups] * swings**POWER
    learnt, fresh = slice(0, 15_000), slice(15_000, None)
    found = fit_intervals(residuals[learnt], groups[learnt], swings[learnt])
    ends = found.around(np.zeros(15_000), groups[fresh], swings[fresh])
    inside = (residuals[fresh] >= ends[:, 0]) & (residuals[fresh] <= ends[:, 1])
    for group in range(3):
        assert 0.88 <= inside[groups[fresh] == group].mean() <= 0.92
    # and the wild and the calm alike, which intervals of one width would not
    for some in (swings[fresh] < 0.02, swings[fresh] > 0.05):
        assert 0.88 <= inside[some].mean() <= 0.92


def test_the_ends_are_the_order_statistics_of_split_conformal() -> None:
    # given 39 residuals 1..39: (39 + 1) x 0.05 = 2 may lie outside on either side
    found = fit_intervals(np.arange(1.0, 40.0), np.zeros(39, np.int64), np.ones(39))
    assert (found.low[0], found.high[0]) == (2.0, 38.0)
    # a group without rows uses all of them
    assert found.low == (2.0, 2.0, 2.0)


def test_a_share_whose_swing_is_not_known_has_the_typical_one() -> None:
    found = fit_intervals(np.arange(1.0, 40.0), np.zeros(39, np.int64), np.full(39, 0.04))
    known, unknown, impossible = found.around(np.zeros(3), np.zeros(3, np.int64), np.array([0.04, np.nan, 0.0]))
    assert known.tolist() == unknown.tolist() == impossible.tolist()
    nothing = fit_intervals(np.arange(1.0, 40.0), np.zeros(39, np.int64), np.full(39, np.nan))
    assert nothing.typical == 1.0


def one(stretch: float = 0.0) -> Intervals:
    return Intervals((-1.0,) * 3, (1.0,) * 3, 1.0, POWER, GAIN, LEAK, (stretch,) * 3)


def test_misses_stretch_their_own_third_and_hits_shrink_it() -> None:
    # given 3 of 20 outcomes missed in the first third, none in the second, and none to see in the last
    residuals = np.concatenate([[2.0, -2.0, 2.0], np.zeros(37)])
    moved = one().adapted(residuals, np.repeat([0, 1], 20), np.ones(40))
    # then a share of 0.15 or 0.0 missed where 0.1 was promised, and twenty rows are believed as 20 of 20 + 40
    assert moved.stretch == pytest.approx((GAIN * 0.05 * 20 / 60, -GAIN * 0.1 * 20 / 60, 0.0))
    ends = moved.around(np.zeros(3), np.arange(3), np.ones(3))
    np.testing.assert_allclose(ends[:, 1], np.exp(moved.stretch))


def test_what_was_learnt_fades_and_never_runs_away() -> None:
    kept = one(0.5).adapted(np.array([]), np.array([], np.int64), np.array([]))
    assert kept.stretch == pytest.approx((0.5 * (1 - LEAK),) * 3)
    wild = one(0.9).adapted(np.full(90, 99.0), np.arange(90) % 3, np.ones(90))
    assert wild.stretch == (MOST,) * 3


def test_shares_fall_into_thirds_by_liquidity_and_unknown_is_the_middle() -> None:
    ranks = np.array([-0.49, -0.17, 0.0, 0.16, 0.18, 0.5, np.nan], np.float32)
    assert liquidity_groups(ranks).tolist() == [0, 0, 1, 1, 2, 2, 1]
