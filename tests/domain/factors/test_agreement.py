"""The compiled factors against the readable Polars reference and against TA-Lib."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
import talib

from asxos.domain.factors import FACTOR_NAMES, reference_factors
from asxos.domain.factors.compute import compute_factors
from asxos.domain.factors.market import market_return
from asxos.domain.factors.oscillators import bollinger_position, macd, relative_strength
from asxos.domain.factors.panel import Block, FloatArray, make_block, security_offsets
from asxos.domain.factors.price import PRICE
from asxos.domain.factors.volatility import average_true_range
from tests.domain.factors.panels import assert_agree, make_panel


def block_of(panel: pl.DataFrame) -> Block:
    return make_block(panel, market_return(panel), security_offsets(panel))


def assert_equals_talib(ours: FloatArray, theirs: FloatArray, size: FloatArray | float) -> None:
    """Equal to 1e-6 of `size`, and present from the same bar on."""
    present = ~np.isnan(theirs)
    assert not np.isnan(ours[present]).any()
    assert np.isnan(ours[~present]).all()
    assert np.max(np.abs(ours - theirs)[present] / np.broadcast_to(size, ours.shape)[present]) < 1e-6


def test_all_factors_agree_with_the_reference_on_random_shares() -> None:
    panel = make_panel((700, 253, 252, 40, 1, 400))
    assert_agree(compute_factors(panel)[:, : len(PRICE)], reference_factors(panel).to_numpy())


def test_all_factors_agree_with_the_reference_on_real_shares(real_panel: pl.DataFrame) -> None:
    assert_agree(compute_factors(real_panel)[:, : len(PRICE)], reference_factors(real_panel).to_numpy())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rsi_macd_atr_and_bollinger_equal_talib(seed: int) -> None:
    # given one share of four years
    block = block_of(make_panel((1000,), seed))
    # then the series in A$ are TA-Lib's to 1e-6
    assert_equals_talib(relative_strength(block), talib.RSI(block.close, 14), 1.0)
    line, signal = macd(block)
    their_line, their_signal, _ = talib.MACD(block.close, 12, 26, 9)
    assert_equals_talib(line, their_line, block.close)
    assert_equals_talib(signal, their_signal, block.close)
    assert_equals_talib(average_true_range(block), talib.ATR(block.high, block.low, block.close, 14), block.close)
    upper, _, lower = talib.BBANDS(block.close, 20, 2, 2)
    assert_equals_talib(bollinger_position(block), (block.close - lower) / (upper - lower), 1.0)


def test_rsi_macd_and_atr_equal_talib_on_real_shares(real_panel: pl.DataFrame) -> None:
    matrix = compute_factors(real_panel)
    offsets = security_offsets(real_panel)
    names = [FACTOR_NAMES.index(name) for name in ("rsi_14", "macd_pct", "macd_signal_pct", "atr_pct")]
    for start, stop in pairwise(offsets.tolist()):
        block = block_of(real_panel[start:stop])
        line, signal, _ = talib.MACD(block.close, 12, 26, 9)
        true_range = talib.ATR(block.high, block.low, block.close, 14)
        theirs = (talib.RSI(block.close, 14) / 100, line / block.close, signal / block.close, true_range / block.close)
        for name, scale, expected in zip(names, (100, 1, 1, 1), theirs, strict=True):
            assert_equals_talib(matrix[start:stop, name].astype(np.float64) / scale, expected, 1.0)


def test_a_share_that_never_moved_has_no_rsi_and_no_place_in_its_band_instead_of_an_extreme_one() -> None:
    # given a stale price; TA-Lib's RSI calls it 0, as after a crash
    panel = make_panel((60,)).with_columns(open=1.0, high=1.0, low=1.0, close=1.0)
    matrix = compute_factors(panel)
    # then both are missing
    assert np.isnan(matrix[:, [FACTOR_NAMES.index("rsi_14"), FACTOR_NAMES.index("bollinger_b")]]).all()
    # and the rest of the share is known: it did not move
    assert matrix[59, FACTOR_NAMES.index("volatility_30")] == 0.0


def test_two_threads_give_the_bits_of_one() -> None:
    panel = make_panel((300,) * 250)
    np.testing.assert_array_equal(compute_factors(panel, threads=1), compute_factors(panel, threads=2))
