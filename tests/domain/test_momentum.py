"""The momentum rule, by hand."""

import numpy as np
import pytest

from asxos.domain.momentum import book_weights, momentum_parts


@pytest.mark.parametrize(
    ("momentum", "trend", "volatility", "parts"),
    [
        # half as volatile as a position should be: twice the score, 0.5 x 0.40 / 0.20 = 1.0
        (0.5, 0.1, 0.2, [0.5, 0.0, 0.5]),
        # a winner that has begun to fall: what the gate takes is all there was
        (0.5, -0.1, 0.2, [0.5, -1.0, 0.5]),
        # a loser that still falls: -0.3 x 0.40 / 0.60 = -0.2
        (-0.3, -0.05, 0.6, [-0.3, 0.0, 0.1]),
        # a loser that has turned
        (-0.3, 0.05, 0.6, [-0.3, 0.2, 0.1]),
        # a share under a bid counts as 10 % a year: 0.1 x 0.40 / 0.10 = 0.4
        (0.1, 0.01, 0.001, [0.1, 0.0, 0.3]),
    ],
)
def test_a_score_is_momentum_at_forty_percent_volatility_if_the_trend_agrees(
    momentum: float, trend: float, volatility: float, parts: list[float]
) -> None:
    found = momentum_parts(*(np.array([value]) for value in (momentum, trend, volatility)))
    np.testing.assert_allclose(found, [parts], atol=1e-15)


def book(best: list[tuple[float, float, float]], others: int = 18) -> list[float]:
    """The weights of some shares (score, volatility, residual), among others of lower scores."""
    rows = np.array([*[(-1.0, 0.3, 0.2)] * others, *best])
    weights = book_weights(*rows.T)
    assert not weights[:others].any()
    return weights[others:].tolist()


def test_a_book_is_the_best_tenth_by_inverse_volatility_held_to_twelve_percent() -> None:
    # given two of twenty, moving as one: 2/3 x 0.20 + 1/3 x 0.40 = 0.2667, so 0.12 / 0.2667 = 45 % of the money
    assert book([(2.0, 0.2, 0.0), (1.0, 0.4, 0.0)]) == pytest.approx([0.30, 0.15])
    # given the same, moving each by itself: sqrt(2) x 0.1333 = 0.1886, so 63.64 %
    assert book([(2.0, 0.2, 0.2), (1.0, 0.4, 0.4)]) == pytest.approx([0.424264, 0.212132], abs=1e-6)
    # given market parts sqrt(0.5^2 - 0.4^2) = 0.3 of both: sqrt(0.3^2 + 0.4^2 / 2) = 0.4123, so 29.10 %
    assert book([(2.0, 0.5, 0.4), (1.0, 0.5, 0.4)]) == pytest.approx([0.145521, 0.145521], abs=1e-6)
    # what is unknown is taken as the market's
    assert book([(2.0, 0.2, np.nan), (1.0, 0.4, np.nan)]) == pytest.approx([0.30, 0.15])


def test_a_calm_book_borrows_nothing() -> None:
    assert book([(2.0, 0.1, 0.1), (1.0, 0.1, 0.1)]) == pytest.approx([0.5, 0.5])


def test_a_share_without_a_positive_score_is_not_held() -> None:
    assert book([(2.0, 0.2, 0.0), (0.0, 0.4, 0.0)]) == pytest.approx([0.6, 0.0])
    assert book([(-0.5, 0.2, 0.0), (-0.6, 0.4, 0.0)]) == [0.0, 0.0]
    assert book_weights(*np.zeros((3, 0))).tolist() == []
