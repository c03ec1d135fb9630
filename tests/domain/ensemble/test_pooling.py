import numpy as np
import pytest
from numpy.typing import NDArray

from asxos.domain.ensemble import Opinions, pool

NAN = float("nan")


def opinions(probabilities: list[list[float]]) -> Opinions:
    """Members without expected returns or intervals."""
    p = np.array(probabilities)
    return Opinions(p, *(np.full(p.shape, NAN) for _ in range(3)))


def test_agreement_is_the_weight_on_the_combined_side() -> None:
    # 0.6 x 0.7 + 0.3 x 0.4 + 0.1 x 0.5 = 0.59; only the first is above one half
    found = pool(opinions([[0.7, 0.4, 0.5]]), np.array([0.6, 0.3, 0.1]))
    assert found.probabilities[0] == pytest.approx(0.59)
    assert found.agreement[0] == pytest.approx(0.6)


def test_rows_are_pooled_apart_and_a_silent_member_drops_out_of_its_rows_only() -> None:
    found = pool(opinions([[0.6, 0.4], [0.6, NAN], [NAN, NAN]]), np.array([0.75, 0.25]))
    np.testing.assert_allclose(found.probabilities, [0.55, 0.6, NAN])
    # by hand: sqrt(0.75 x 0.05^2 + 0.25 x 0.15^2) = 0.0866
    np.testing.assert_allclose(found.disagreement, [0.0866, NAN, NAN], atol=1e-4)


def test_weights_may_change_from_row_to_row() -> None:
    found = pool(opinions([[0.6, 0.4], [0.6, 0.4]]), np.array([[1.0, 1.0], [1.0, 0.0]]))
    np.testing.assert_allclose(found.probabilities, [0.5, 0.6])


def test_disagreement_widens_both_ends_alike_and_agreement_leaves_them() -> None:
    ends = np.array([[-0.1, -0.1], [-0.1, -0.1]])
    said = Opinions(np.array([[0.55, 0.55], [0.75, 0.35]]), ends * 0, ends, -ends)
    found = pool(said, np.array([0.5, 0.5]))
    # a deviation of 0.2 in probability is 0.2 x sqrt(2 pi) = 0.501 deviations of the return: sqrt(1 + 0.251) = 1.1187
    np.testing.assert_allclose(found.high, [0.1, 0.11187], atol=1e-5)
    np.testing.assert_allclose(found.low, -found.high)


def test_widened_intervals_cover_what_members_that_disagree_about_the_mean_would_miss() -> None:
    # given two members, each right half of the time about a mean that is 1 deviation off for the other
    rng = np.random.default_rng(3)
    means = np.array([-0.5, 0.5])[rng.integers(0, 2, 100_000)]
    outcomes = means + rng.normal(size=len(means))
    half = 1.6449  # of a normal's 90 %
    shape = (len(means), 2)
    tilted: NDArray[np.float64] = np.tile([0.3085, 0.6915], (shape[0], 1))  # the normal's share above 0 at -0.5 and 0.5
    said = Opinions(tilted, np.zeros(shape), np.full(shape, -half), np.full(shape, half))
    found = pool(said, np.array([0.5, 0.5]))
    # then 85.8 % of outcomes lie within the mean of their ends, and about 90 % within the widened ones
    assert (np.abs(outcomes) < half).mean() < 0.865
    assert ((outcomes > found.low) & (outcomes < found.high)).mean() == pytest.approx(0.90, abs=0.01)
