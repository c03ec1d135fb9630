"""Factors of a share beside the others of its date."""

import numpy as np
import polars as pl
import pytest

from asxos.domain.factors import FACTOR_NAMES
from asxos.domain.factors.compute import compute_factors
from tests.domain.factors.panels import make_panel


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
