"""Factors of a share beside the others of its date."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import rankdata

from asxos.domain.factors import FACTOR_NAMES
from asxos.domain.factors.compute import compute_factors
from tests.domain.factors.panels import make_facts, make_panel


@pytest.mark.parametrize("name", ["momentum_1m", "momentum_12_1"])
def test_a_return_against_the_market_is_the_return_less_the_median_of_its_date(name: str) -> None:
    panel = make_panel((300, 280, 300, 300, 300))
    matrix = compute_factors(panel)
    own = matrix[:, FACTOR_NAMES.index(name)].astype(np.float64)
    against = matrix[:, FACTOR_NAMES.index(f"{name}_market")]
    days = panel["session_date"].to_numpy()
    for day in np.unique(days)[[290, 299]]:
        there = days == day
        np.testing.assert_allclose(against[there], own[there] - np.nanmedian(own[there]), atol=1e-6)
    assert np.isnan(against[np.isnan(own)]).all()


def test_a_day_without_any_known_return_has_none_against_the_market() -> None:
    matrix = compute_factors(make_panel((10, 10)).with_columns(pl.lit(None, pl.Float64).alias("close")))
    assert np.isnan(matrix[:, FACTOR_NAMES.index("momentum_1m_market")]).all()


def test_a_rank_in_the_sector_is_among_the_shares_that_were_in_it_that_day() -> None:
    # given shares whose sectors swap after a year
    panel = make_panel((500,) * 12)
    matrix = compute_factors(panel, facts=make_facts(panel))
    own, rank = (matrix[:, FACTOR_NAMES.index(f"momentum_12_1{end}")] for end in ("", "_sector_rank"))
    for day, odd in ((300, "B"), (400, "A")):
        for sector in "AB":
            shares = np.arange(12)[(np.arange(1, 13) % 2 == 1) == (sector == odd)]
            there = shares * 500 + day
            np.testing.assert_allclose(rank[there], (rankdata(own[there]) - 0.5) / 6 - 0.5, rtol=1e-6)


@pytest.mark.parametrize(("shares", "known"), [(8, False), (10, True)])
def test_four_shares_of_a_sector_are_too_few_to_rank(shares: int, known: bool) -> None:
    panel = make_panel((300,) * shares)
    rank = compute_factors(panel, facts=make_facts(panel))[299::300, FACTOR_NAMES.index("momentum_12_1_sector_rank")]
    assert np.isfinite(rank).all() if known else np.isnan(rank).all()


def test_a_share_without_a_sector_has_no_place_in_one() -> None:
    matrix = compute_factors(make_panel((300,) * 10))
    assert np.isnan(matrix[:, FACTOR_NAMES.index("momentum_12_1_sector_rank")]).all()
