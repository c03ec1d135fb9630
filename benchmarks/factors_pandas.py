"""The same 25 factors as one would write them in pandas: security by security, vectorised along the rows."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

YEAR = 252
# pandas declares what it returns too widely for its own operators: a checker learns nothing from it.
Series = Any
Frame = Any
Columns = dict[str, Series]


def pandas_factors(panel: Frame) -> Frame:
    """The factors of a panel that has the column `market_return`; one row per row, by name."""
    return pd.concat([_of_security(rows) for _, rows in panel.groupby("security_id", sort=False)])


def _of_security(rows: Frame) -> Frame:
    close = rows["close"]
    returns = close / close.shift(1) - 1
    factors = _prices(close, returns) | _oscillators(close) | _ranges(rows, returns) | _liquidity(rows, returns)
    return pd.DataFrame(factors)


def _prices(close: Series, returns: Series) -> Columns:
    momentum = {f"momentum_{months}m": close / close.shift(21 * months) - 1 for months in (1, 3, 6, 9)}
    average = {sessions: close.rolling(sessions).mean() for sessions in (50, 200)}
    return {
        **momentum,
        "momentum_12_1": close.shift(21) / close.shift(YEAR) - 1,
        "max_return_21": returns.rolling(21).max(),
        **{f"sma_{n}_ratio": close / mean - 1 for n, mean in average.items()},
        **{f"sma_{n}_slope": mean / mean.shift(20) - 1 for n, mean in average.items()},
        **{f"volatility_{n}": returns.rolling(n).std() * np.sqrt(YEAR) for n in (30, 90, YEAR)},
    }


def _seeded(values: Series, first: int, last: int, weight: float) -> Series:
    """Exponential average from the mean of rows `first` to `last` on."""
    seeded = values.copy()
    seeded.iloc[:last] = np.nan
    if len(values) > last:
        seeded.iloc[last] = values.iloc[first : last + 1].mean()
    return seeded.ewm(alpha=weight, adjust=False).mean()


def _oscillators(close: Series) -> Columns:
    change = close.diff()
    gains, losses = (_seeded(side.clip(lower=0), 1, 14, 1 / 14) for side in (change, -change))
    line = _seeded(close, 14, 25, 2 / 13) - _seeded(close, 0, 25, 2 / 27)
    signal = _seeded(line, 25, 33, 2 / 10)
    mean, spread = close.rolling(20).mean(), close.rolling(20).std(ddof=0)
    return {
        "rsi_14": 100 * gains / (gains + losses),
        "macd_pct": line.where(signal.notna()) / close,
        "macd_signal_pct": signal / close,
        "macd_histogram_pct": (line - signal) / close,
        "bollinger_b": ((close - mean) / (4 * spread) + 0.5).where(spread > 1e-9 * mean),
    }


def _ranges(rows: Frame, returns: Series) -> Columns:
    close, high, low = rows["close"], rows["high"], rows["low"]
    before = close.shift(1)
    true_range = np.maximum(high - low, np.maximum((high - before).abs(), (low - before).abs()))
    market = rows["market_return"].where(returns.notna())
    variance = market.rolling(YEAR).var()
    return {
        "atr_pct": _seeded(true_range, 1, 14, 1 / 14) / close,
        "distance_52w_high": close / high.rolling(YEAR).max() - 1,
        "drawdown_252": _drawdown(close),
        "beta_252": (returns.rolling(YEAR).cov(market) / variance).where(variance > 0),
    }


def _drawdown(close: Series) -> Series:
    deepest = np.full(len(close), np.nan)
    if len(close) >= YEAR:
        windows = sliding_window_view(close.to_numpy(), YEAR)
        deepest[YEAR - 1 :] = (windows / np.maximum.accumulate(windows, axis=1)).min(axis=1) - 1
    return pd.Series(deepest, close.index)


def _liquidity(rows: Frame, returns: Series) -> Columns:
    logs = np.log1p(rows["volume"])
    spread = logs.rolling(20).std()
    impact = (returns.abs() / rows["turnover"].where(rows["turnover"] > 0) * 1e6).rolling(21, min_periods=10).mean()
    return {
        "adv_20": rows["turnover"].rolling(20).median(),
        "volume_z_20": ((logs - logs.rolling(20).mean()) / spread).where(spread > 1e-5),
        "amihud_21": impact.where(np.arange(len(rows)) >= 21),
    }
