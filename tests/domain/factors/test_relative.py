"""Factors of a share beside the others of its date."""

import numpy as np
import pytest
from scipy.stats import rankdata

from asxos.domain.factors import FACTOR_NAMES
from asxos.domain.factors.compute import compute_factors
from asxos.domain.factors.panel import FactorArray
from asxos.domain.factors.relative import RELATIVE
from tests.domain.factors.panels import make_facts, make_panel

# Twelve shares whose sectors, A and B by turns, swap after a year (on row 366).
SHARES, SESSIONS = 12, 500
PANEL = make_panel((SESSIONS,) * SHARES)
MATRIX = compute_factors(PANEL, facts=make_facts(PANEL))
ODD = np.arange(1, SHARES + 1) % 2 == 1


def on(day: int, name: str, matrix: FactorArray = MATRIX) -> FactorArray:
    """A factor of all shares on a day."""
    return matrix[day::SESSIONS, FACTOR_NAMES.index(name)]


@pytest.mark.parametrize("name", ["momentum_1m", "momentum_6m", "momentum_12_1"])
def test_a_return_against_the_market_is_the_return_less_the_median_of_its_date(name: str) -> None:
    for day in (260, 499):
        own = on(day, name)
        np.testing.assert_allclose(on(day, f"{name}_market"), own - np.median(own), atol=1e-6)


@pytest.mark.parametrize("name", ["momentum_12_1", "volatility_90", "adv_20"])
def test_a_rank_is_the_place_among_all_shares_of_the_date(name: str) -> None:
    expected = (rankdata(on(300, name)) - 0.5) / SHARES - 0.5
    np.testing.assert_allclose(on(300, f"{name}_rank"), expected, rtol=1e-6)


@pytest.mark.parametrize("day", [300, 400])
def test_what_is_relative_to_a_sector_counts_the_shares_that_were_in_it_that_day(day: int) -> None:
    # given a day before and one after the shares changed sectors: who is in one together stays the same
    for sector in (ODD, ~ODD):
        own, fall = on(day, "momentum_6m")[sector], on(day, "distance_52w_high")[sector]
        middle = np.median(own)
        np.testing.assert_allclose(on(day, "momentum_6m_sector")[sector], own - middle, atol=1e-6)
        np.testing.assert_allclose(on(day, "sector_momentum_6m")[sector], middle, atol=1e-6)
        np.testing.assert_allclose(
            on(day, "distance_52w_high_sector_rank")[sector], (rankdata(fall) - 0.5) / 6 - 0.5, rtol=1e-6
        )


def test_a_share_that_moves_to_another_sector_is_compared_with_that_one_from_its_day_on() -> None:
    # given share 1 alone in moving from A to B on row 366
    facts = make_facts(PANEL)
    stays = facts.sectors.filter((facts.sectors["security_id"] == 1) | (facts.sectors["valid_from"].dt.year() == 2020))
    moved = compute_factors(PANEL, facts=type(facts)(facts.fundamentals, facts.shorts, facts.announcements, stays))
    both = [on(day, "momentum_1m", moved) for day in (365, 366)]
    before, after = (on(day, "sector_momentum_1m", moved)[0] for day in (365, 366))
    assert before == pytest.approx(np.median(both[0][ODD]), abs=1e-6)
    assert after == pytest.approx(np.median(both[1][~ODD | (np.arange(SHARES) == 0)]), abs=1e-6)


@pytest.mark.parametrize(("shares", "known"), [(8, False), (10, True)])
def test_four_shares_are_too_few_for_a_sector(shares: int, known: bool) -> None:
    panel = make_panel((300,) * shares)
    of_sector = [k for k, name in enumerate(FACTOR_NAMES) if name in {f.name for f in RELATIVE} and "sector" in name]
    last = compute_factors(panel, facts=make_facts(panel))[299::300, of_sector]
    assert np.isfinite(last).all() if known else np.isnan(last).all()


def test_a_share_without_a_sector_has_no_place_in_one_but_one_in_the_market() -> None:
    matrix = compute_factors(PANEL)
    assert np.isnan(on(499, "momentum_12_1_sector_rank", matrix)).all()
    np.testing.assert_array_equal(on(499, "momentum_12_1_rank", matrix), on(499, "momentum_12_1_rank"))


def test_a_day_without_any_known_return_has_none_against_the_market() -> None:
    matrix = compute_factors(make_panel((10, 10)))
    assert np.isnan(matrix[:, FACTOR_NAMES.index("momentum_1m_market")]).all()
