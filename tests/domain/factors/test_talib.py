"""Everything that TA-Lib knows agrees with it to 1e-6, on drawn and on real shares."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
import talib

from asxos.domain.factors import FACTOR_NAMES
from asxos.domain.factors.compiled.liquidity import liquidity
from asxos.domain.factors.compiled.oscillators import oscillators
from asxos.domain.factors.compiled.path import path
from asxos.domain.factors.compiled.returns import returns
from asxos.domain.factors.compiled.trend import trend
from asxos.domain.factors.compiled.volatility import volatility
from asxos.domain.factors.compute import compute_factors
from asxos.domain.factors.market import market_return
from asxos.domain.factors.panel import Block, Columns, FloatArray, make_block, security_offsets
from tests.domain.factors.panels import make_panel

Theirs = Callable[[Block], FloatArray]


def averaged(values: FloatArray, sessions: int) -> FloatArray:
    """TA-Lib's plain mean, which knows nothing of a missing first value."""
    return np.r_[np.nan, talib.SMA(values[1:], sessions)]


def deviation(values: FloatArray, sessions: int) -> FloatArray:
    return np.r_[np.nan, talib.STDDEV(values[1:], sessions)] * np.sqrt(sessions / (sessions - 1))


def bands(block: Block) -> FloatArray:
    upper, _, lower = talib.BBANDS(block.close, 20, 2, 2)
    return (block.close - lower) / (upper - lower)


KNOWN_TO_TALIB: dict[str, Theirs] = {
    "reversal_5": lambda b: talib.ROCP(b.close, 5),
    "momentum_1m": lambda b: talib.ROCP(b.close, 21),
    "momentum_3m": lambda b: talib.ROCP(b.close, 63),
    "momentum_9m": lambda b: talib.ROCP(b.close, 189),
    "max_return_21": lambda b: np.r_[np.nan, talib.MAX(b.returns[1:], 21)],
    "min_return_21": lambda b: np.r_[np.nan, talib.MIN(b.returns[1:], 21)],
    "sma_10_ratio": lambda b: b.close / talib.SMA(b.close, 10) - 1,
    "sma_200_ratio": lambda b: b.close / talib.SMA(b.close, 200) - 1,
    "sma_50_slope": lambda b: talib.ROCP(talib.SMA(b.close, 50), 20),
    "rsi_14": lambda b: talib.RSI(b.close, 14),
    "macd_pct": lambda b: talib.MACD(b.close, 12, 26, 9)[0] / b.close,
    "macd_signal_pct": lambda b: talib.MACD(b.close, 12, 26, 9)[1] / b.close,
    "macd_histogram_pct": lambda b: talib.MACD(b.close, 12, 26, 9)[2] / b.close,
    "bollinger_b": bands,
    "stochastic_14": lambda b: talib.STOCHF(b.high, b.low, b.close, 14, 1)[0],
    "money_flow_14": lambda b: talib.MFI(b.high, b.low, b.close, b.volume, 14),
    "atr_pct": lambda b: talib.ATR(b.high, b.low, b.close, 14) / b.close,
    "volatility_30": lambda b: deviation(b.returns, 30) * np.sqrt(252),
    "volatility_90": lambda b: deviation(b.returns, 90) * np.sqrt(252),
    "autocorrelation_63": lambda b: np.r_[np.nan, np.nan, talib.CORREL(b.returns[2:], b.returns[1:-1], 63)],
    "volume_correlation_63": lambda b: np.r_[np.nan, talib.CORREL(b.returns[1:], np.log1p(b.volume)[1:], 63)],
    "turnover_volatility_63": lambda b: talib.STDDEV(np.log1p(b.turnover), 63) * np.sqrt(63 / 62),
    "zero_volume_63": lambda b: talib.SMA((b.volume == 0).astype(np.float64), 63),
    "overnight_return_21": lambda b: averaged(np.log(b.open / b.lagged(b.close, 1)), 21) * 21,
    "distance_52w_high": lambda b: b.close / talib.MAX(b.high, 252) - 1,
    "distance_52w_low": lambda b: b.close / talib.MIN(b.low, 252) - 1,
}


def block_of(panel: pl.DataFrame) -> Block:
    return make_block(panel, market_return(panel), security_offsets(panel))


def ours(block: Block) -> Columns:
    """Before they are rounded to float32."""
    kernels = (returns, trend, oscillators, volatility, liquidity, path)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {name: values for kernel in kernels for name, values in kernel(block).items()}


@pytest.mark.parametrize("name", KNOWN_TO_TALIB)
def test_what_talib_knows_equals_it_and_is_there_from_the_same_bar_on(name: str) -> None:
    for seed in (1, 2, 3):
        # given one share of four years
        block = block_of(make_panel((1000,), seed))
        found, theirs = ours(block)[name], KNOWN_TO_TALIB[name](block)
        # then
        present = ~np.isnan(theirs)
        assert present.any()
        np.testing.assert_array_equal(np.isnan(found), ~present)
        np.testing.assert_allclose(found[present], theirs[present], rtol=1e-6, atol=1e-6)


def test_rsi_macd_atr_and_the_rest_equal_talib_on_real_shares(real_panel: pl.DataFrame) -> None:
    matrix = compute_factors(real_panel)
    for start, stop in pairwise(security_offsets(real_panel).tolist()):
        block = block_of(real_panel[start:stop])
        for name in ("rsi_14", "macd_pct", "macd_signal_pct", "atr_pct", "money_flow_14", "sma_200_ratio"):
            found, theirs = matrix[start:stop, FACTOR_NAMES.index(name)], KNOWN_TO_TALIB[name](block)
            present = ~np.isnan(theirs)
            np.testing.assert_array_equal(np.isnan(found), ~present, err_msg=name)
            # as near as float32 comes
            np.testing.assert_allclose(found[present], theirs[present], rtol=1e-6, atol=1e-6, err_msg=name)
