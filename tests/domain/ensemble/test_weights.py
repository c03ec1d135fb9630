import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from asxos.domain.ensemble import Limits
from asxos.domain.ensemble.stacking import stacked_weights
from asxos.domain.ensemble.weighting import Shown, bounded, dynamic_weights, shown

FREE = Limits(0.0, 1.0)
Floats = NDArray[np.float64]


def test_limits_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="floor <= cap"):
        Limits(0.5, 0.4)


def test_a_cap_hands_what_it_takes_to_the_others_in_proportion() -> None:
    # 0.8 is cut to 0.6; the 0.4 left is dealt 0.15 : 0.05
    np.testing.assert_allclose(bounded(np.array([0.8, 0.15, 0.05]), Limits(0.0, 0.6)), [0.6, 0.3, 0.1])


def test_a_floor_is_paid_for_by_the_others_in_proportion() -> None:
    np.testing.assert_allclose(bounded(np.array([0.6, 0.4, 0.0]), Limits(0.1, 1.0)), [0.54, 0.36, 0.1])


def test_limits_that_cannot_be_met_give_way() -> None:
    np.testing.assert_allclose(bounded(np.array([3.0]), Limits(0.0, 0.6)), [1.0])
    np.testing.assert_allclose(bounded(np.array([1.0, 0.0, 0.0]), Limits(0.4, 0.6)), [1 / 3] * 3)
    np.testing.assert_allclose(bounded(np.zeros(2), Limits()), [0.5, 0.5])


@given(
    weights=arrays.arrays(np.float64, st.integers(1, 8), elements=st.floats(0, 1e6)),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
)
def test_bounded_weights_add_up_and_keep_their_order_and_limits(weights: Floats, ends: list[float]) -> None:
    limits = Limits(*ends)
    found = bounded(weights, limits)
    assert found.sum() == pytest.approx(1)
    assert found.min() >= min(limits.floor, 1 / len(found)) - 1e-9
    assert found.max() <= max(limits.cap, 1 / len(found)) + 1e-9
    assert (np.diff(found[np.argsort(weights, kind="stable")]) >= -1e-9).all()


def test_later_dates_count_more_and_overlapping_ones_once() -> None:
    # given a half-life of one date: weights 1/4, 1/2, 1 of three dates, the second member silent on the last
    found = shown(np.array([[0.1, 0.1], [0.0, 0.1], [0.1, np.nan]]), half_life=1, overlap=2)
    np.testing.assert_allclose(found.rank_ic, [0.125 / 1.75, 0.1])
    np.testing.assert_allclose(found.periods, [1.75 / 2, 0.75 / 2])


def test_a_member_that_never_spoke_has_shown_nothing() -> None:
    found = shown(np.array([[0.1, np.nan]]), half_life=1, overlap=1)
    assert (np.isnan(found.rank_ic[1]), found.periods[1]) == (True, 0)
    assert shown(np.empty((0, 2)), 1, 1).periods.tolist() == [0, 0]


def test_weights_move_towards_who_has_done_better_by_how_much_has_been_seen() -> None:
    configured = np.array([0.5, 0.5])
    # 12 periods are believed by half: ICs of 0.06 and 0.02 around a mean of 0.04 count as 0.05 and 0.03
    seen = Shown(np.array([0.06, 0.02]), np.array([12.0, 12.0]))
    np.testing.assert_allclose(dynamic_weights(configured, seen, FREE), [0.625, 0.375])
    # and nothing seen moves nothing
    nothing = Shown(np.array([np.nan, np.nan]), np.zeros(2))
    np.testing.assert_allclose(dynamic_weights(configured, nothing, FREE), configured)


def test_a_newcomer_keeps_its_weight_and_a_loser_falls_to_the_floor() -> None:
    configured = np.array([0.4, 0.4, 0.2])
    seen = Shown(np.array([0.09, -0.03, np.nan]), np.array([1e9, 1e9, 0.0]))
    # the mean of the first two is 0.03: 0.4 x 3, 0 and 0.2 in proportion, above a floor of 0.05
    found = dynamic_weights(configured, seen, Limits(0.05, 1.0))
    np.testing.assert_allclose(found, [0.95 * 1.2 / 1.4, 0.05, 0.95 * 0.2 / 1.4], atol=1e-6)


def test_where_all_have_failed_all_keep_their_weights() -> None:
    seen = Shown(np.array([-0.02, -0.01]), np.array([50.0, 50.0]))
    np.testing.assert_allclose(dynamic_weights(np.array([0.3, 0.1]), seen, FREE), [0.75, 0.25])


def probabilities(weights: list[float], rows: int = 40_000) -> tuple[Floats, Floats]:
    """What two members say, and outcomes that follow their mean by `weights`."""
    rng = np.random.default_rng(1)
    said = rng.uniform(0.2, 0.8, (rows, len(weights)))
    return said, (rng.uniform(size=rows) < said @ np.array(weights)).astype(np.float64)


def test_stacking_finds_the_weights_outcomes_were_made_with() -> None:
    said, outcomes = probabilities([0.5, 0.3, 0.2])
    found = stacked_weights(said, outcomes, np.ones(3), FREE)
    np.testing.assert_allclose(found, [0.5, 0.3, 0.2], atol=0.04)
    assert found.sum() == pytest.approx(1)


def test_stacking_gives_noise_the_floor_and_the_rest_no_more_than_the_cap() -> None:
    said, outcomes = probabilities([1.0, 0.0, 0.0])
    np.testing.assert_allclose(stacked_weights(said, outcomes, np.ones(3), Limits(0.05, 0.6)).max(), 0.6)
    found = stacked_weights(said, outcomes, np.ones(3), Limits(0.05, 1.0))
    np.testing.assert_allclose(found, [0.9, 0.05, 0.05], atol=1e-6)


def test_stacking_weighs_a_member_by_the_rows_it_speaks_on() -> None:
    # given a perfect second member that is silent on nine rows of ten
    said, outcomes = probabilities([0.0, 1.0])
    said[np.arange(len(said)) % 10 > 0, 1] = np.nan
    assert stacked_weights(said, outcomes, np.ones(2), FREE)[1] > 0.95


def test_without_rows_to_weigh_on_stacking_keeps_the_configured_weights() -> None:
    alone = np.array([[0.6, np.nan], [np.nan, 0.4]])
    found = stacked_weights(alone, np.array([1.0, 0.0]), np.array([3.0, 1.0]), FREE)
    np.testing.assert_allclose(found, [0.75, 0.25])
    assert stacked_weights(np.array([[0.6]]), np.ones(1), np.ones(1), Limits()).tolist() == [1.0]


def test_stacked_weights_beat_equal_ones_on_later_rows() -> None:
    said, outcomes = probabilities([0.8, 0.1, 0.1])
    half = len(said) // 2
    weights = stacked_weights(said[:half], outcomes[:half], np.ones(3), FREE)

    def loss(w: Floats) -> float:
        p = said[half:] @ w
        return float(-np.log(np.where(outcomes[half:] > 0, p, 1 - p)).mean())

    assert loss(weights) < loss(np.full(3, 1 / 3)) - 0.001
