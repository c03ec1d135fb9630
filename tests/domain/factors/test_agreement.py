"""The compiled factors of prices against their readable Polars reference."""

import numpy as np
import polars as pl

from asxos.domain.factors import FACTOR_NAMES, reference_factors
from asxos.domain.factors.compute import compute_factors
from asxos.domain.factors.price import PRICE
from tests.domain.factors.panels import assert_agree, make_panel


def test_all_factors_agree_with_the_reference_on_random_shares() -> None:
    panel = make_panel((1400, 700, 253, 252, 40, 1, 900))
    assert_agree(compute_factors(panel)[:, : len(PRICE)], reference_factors(panel).to_numpy())


def test_all_factors_agree_with_the_reference_on_real_shares(real_panel: pl.DataFrame) -> None:
    assert_agree(compute_factors(real_panel)[:, : len(PRICE)], reference_factors(real_panel).to_numpy())


def test_a_share_that_never_moved_has_no_indicator_instead_of_an_extreme_one() -> None:
    # given a stale price; TA-Lib's RSI calls it 0, as after a crash
    panel = make_panel((300,)).with_columns(open=1.0, high=1.0, low=1.0, close=1.0)
    last = dict(zip(FACTOR_NAMES, compute_factors(panel)[-1].tolist(), strict=True))
    # then what would divide by its movement is missing
    still = ("rsi_14", "bollinger_b", "stochastic_14", "money_flow_14", "skewness_90", "volatility_trend")
    assert all(np.isnan(last[name]) for name in (*still, "autocorrelation_63", "volume_correlation_63"))
    # and the rest of the share is known: it did not move
    assert last["volatility_30"] == last["momentum_1m"] == last["corwin_schultz_21"] == 0.0
    assert last["zero_return_63"] == 1.0


def test_two_threads_give_the_bits_of_one() -> None:
    panel = make_panel((300,) * 250)
    np.testing.assert_array_equal(compute_factors(panel, threads=1), compute_factors(panel, threads=2))
