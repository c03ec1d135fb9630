"""Which shares are chosen and how much money each gets."""

import numpy as np
import pytest

from asxos.domain.backtest import Rules, Weighting
from asxos.domain.backtest.selection import apportion, choose, select
from tests.domain.backtest.markets import Bar, market, rankings

FLAT: list[Bar] = [(10.0, 10.0)] * 70
NONE_OF_SIX = np.zeros(6, np.bool_)


def test_places_go_by_largest_remainders() -> None:
    # Quotas of 10 places over 47, 16, 15.8, 12, 6.1 and 3.1: the classic example of Hamilton's method (in 1,000s).
    sizes = np.array([47_000, 16_000, 15_800, 12_000, 6_100, 3_100])
    assert apportion(sizes, 10).tolist() == [5, 2, 1, 1, 1, 0]


def test_no_group_gets_more_places_than_it_has_shares() -> None:
    assert apportion(np.array([2, 1]), 10).tolist() == [2, 1]
    assert apportion(np.zeros(0, np.int64), 10).tolist() == []


def test_those_held_near_the_top_stay_and_the_best_others_fill_up() -> None:
    held = np.array([False, False, True, False, True, True])
    assert select(held, 2, 0.0).tolist() == [0, 1]
    assert select(held, 2, 0.5).tolist() == [0, 2]
    assert select(held, 2, 2.0).tolist() == [2, 4]


def test_a_sector_neutral_choice_has_the_sectors_of_the_universe() -> None:
    # given four miners ranked above two banks
    place = market(dict.fromkeys(range(1, 7), FLAT))
    sectors = {1: "Materials", 2: "Materials", 3: "Materials", 4: "Materials", 5: "Financials", 6: "Financials"}
    ranking = rankings(place, {60: {id: -float(id) for id in range(1, 7)}}, sectors).on(60)
    # when three are chosen
    plain = choose(ranking, NONE_OF_SIX, 3, Rules(), place)
    neutral = choose(ranking, NONE_OF_SIX, 3, Rules(sector_neutral=True), place)
    # then the plain choice is all miners, the neutral one has a bank, with a third of the money
    assert plain.columns.tolist() == [0, 1, 2]
    assert neutral.columns.tolist() == [0, 1, 4]
    assert neutral.weights == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    # and with two places the money is still two thirds to one third
    two = choose(ranking, NONE_OF_SIX, 2, Rules(sector_neutral=True), place)
    assert (two.columns.tolist(), two.weights) == ([0, 4], pytest.approx([2 / 3, 1 / 3]))


def test_weights_are_inverse_to_volatility_but_at_most_twice_that_of_the_middle_share() -> None:
    def swinging(move: float) -> list[Bar]:
        return [(10.0, 10.0 if session % 2 else 10.0 * (1 + move)) for session in range(70)]

    place = market({1: swinging(0.01), 2: swinging(0.02), 3: FLAT})
    ranking = rankings(place, {69: {1: 3.0, 2: 2.0, 3: 1.0}}).on(69)
    parts = choose(ranking, NONE_OF_SIX[:3], 3, Rules(weighting=Weighting.INVERSE_VOLATILITY), place).weights
    assert parts.sum() == pytest.approx(1.0)
    assert parts[0] / parts[1] == pytest.approx(2.0, rel=0.02)
    assert parts[2] / parts[0] == pytest.approx(2.0)


def test_nothing_is_chosen_from_nothing() -> None:
    place = market({1: FLAT})
    ranking = rankings(place, {60: {1: 1.0}}).on(60)
    assert choose(ranking, NONE_OF_SIX[:1], 0, Rules(), place).columns.tolist() == []
