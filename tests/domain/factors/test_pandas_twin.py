"""The pandas version that the benchmark measures against computes the same factors."""

import numpy as np
import polars as pl

from asxos.domain.factors import market_return
from asxos.domain.factors.compute import compute_factors
from asxos.domain.factors.price import PRICE, PRICE_NAMES
from benchmarks.factors_pandas import pandas_factors
from tests.domain.factors.panels import assert_agree, make_panel


def test_pandas_gives_the_same_factors() -> None:
    # given shares that trade every session, so that no value is missing but at the start
    panel = make_panel((1300, 900, 50)).with_columns(turnover=pl.col("close") * (1e5 + pl.col("volume")))
    twin = pandas_factors(panel.with_columns(pl.Series("market_return", market_return(panel))).to_pandas())
    assert set(twin.columns) == set(PRICE_NAMES)
    assert_agree(compute_factors(panel)[:, : len(PRICE)], twin[list(PRICE_NAMES)].to_numpy(np.float64))
