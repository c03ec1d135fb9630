"""The factors of prices as one would write them in pandas: security by security, vectorised along the rows."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

MONTH, QUARTER, YEAR = 21, 63, 252
# pandas declares what it returns too widely for its own operators: a checker learns nothing from it.
Series = Any
Frame = Any
Columns = dict[str, Series]


def pandas_factors(panel: Frame) -> Frame:
    """The factors of a panel that has the column `market_return`; one row per row, by name."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return pd.concat([_of_security(rows) for _, rows in panel.groupby("security_id", sort=False)])


def _of_security(rows: Frame) -> Frame:
    returns = rows["close"] / rows["close"].shift(1) - 1
    factors = {
        **_returns(rows, returns),
        **_trend(rows["close"]),
        **_oscillators(rows),
        **_volatility(rows, returns),
        **_exposure(rows, returns),
        **_liquidity(rows, returns),
        **_spread(rows),
        **_path(rows),
    }
    return pd.DataFrame(factors)


def _returns(rows: Frame, returns: Series) -> Columns:
    close, opened = rows["close"], rows["open"]
    years = pd.concat([close.shift(253 * n - MONTH) / close.shift(253 * n) - 1 for n in range(1, 6)], axis=1)
    up, down = ((side > 0).astype(float).where(returns.notna()).rolling(YEAR).mean() for side in (returns, -returns))
    return {
        "reversal_5": close / close.shift(5) - 1,
        **{f"momentum_{months}m": close / close.shift(MONTH * months) - 1 for months in (1, 3, 6, 9)},
        "momentum_12_1": close.shift(MONTH) / close.shift(YEAR) - 1,
        "momentum_12_7": close.shift(126) / close.shift(YEAR) - 1,
        "momentum_36_13": close.shift(YEAR) / close.shift(3 * YEAR) - 1,
        "max_return_21": returns.rolling(MONTH).max(),
        "min_return_21": returns.rolling(MONTH).min(),
        "overnight_return_21": np.log(opened / close.shift(1)).rolling(MONTH).sum(),
        "intraday_return_21": np.log(close / opened).rolling(MONTH).sum(),
        "discreteness_252": np.sign(close / close.shift(YEAR) - 1) * (down - up),
        "seasonality_5y": years.mean(axis=1).where(years.notna().sum(axis=1) >= 2),
    }


def _trend(close: Series) -> Columns:
    average = {sessions: close.rolling(sessions).mean() for sessions in (10, 20, 50, 100, 200)}
    return {
        **{f"sma_{n}_ratio": close / mean - 1 for n, mean in average.items()},
        **{f"sma_{n}_slope": average[n] / average[n].shift(20) - 1 for n in (20, 50, 100, 200)},
        "sma_50_200_ratio": average[50] / average[200] - 1,
    }


def _seeded(values: Series, first: int, last: int, weight: float) -> Series:
    """Exponential average from the mean of rows `first` to `last` on."""
    seeded = values.copy()
    seeded.iloc[:last] = np.nan
    if len(values) > last:
        seeded.iloc[last] = values.iloc[first : last + 1].mean()
    return seeded.ewm(alpha=weight, adjust=False).mean()


def _oscillators(rows: Frame) -> Columns:
    close = rows["close"]
    change = close.diff()
    gains, losses = (_seeded(side.clip(lower=0), 1, 14, 1 / 14) for side in (change, -change))
    line = _seeded(close, 14, 25, 2 / 13) - _seeded(close, 0, 25, 2 / 27)
    signal = _seeded(line, 25, 33, 2 / 10)
    mean, spread = close.rolling(20).mean(), close.rolling(20).std(ddof=0)
    low, high = rows["low"].rolling(14).min(), rows["high"].rolling(14).max()
    typical = (rows["high"] + rows["low"] + close) / 3
    flow = typical * rows["volume"] * np.sign(typical.diff()).abs()
    return {
        "rsi_14": 100 * gains / (gains + losses),
        "macd_pct": line.where(signal.notna()) / close,
        "macd_signal_pct": signal / close,
        "macd_histogram_pct": (line - signal) / close,
        "bollinger_b": ((close - mean) / (4 * spread) + 0.5).where(spread > 1e-9 * mean),
        "stochastic_14": (100 * (close - low) / (high - low)).where(high - low > 1e-9 * high),
        "money_flow_14": 100 * flow.where(typical.diff() > 0, 0 * flow).rolling(14).sum() / flow.rolling(14).sum(),
    }


def _volatility(rows: Frame, returns: Series) -> Columns:
    close, high, low = rows["close"], rows["high"], rows["low"]
    before = close.shift(1)
    true_range = np.maximum(high - low, np.maximum((high - before).abs(), (low - before).abs()))
    swings = {n: returns.rolling(n).std() * np.sqrt(YEAR) for n in (30, 90, YEAR)}
    squared = (np.log(high / low) ** 2).rolling(MONTH).mean()
    n = 90
    return {
        "atr_pct": _seeded(true_range, 1, 14, 1 / 14) / close,
        **{f"volatility_{n}": swing for n, swing in swings.items()},
        "volatility_trend": (swings[30] / swings[YEAR] - 1).where(swings[YEAR] > 1e-7 * np.sqrt(YEAR)),
        "downside_volatility_90": np.sqrt((returns.clip(upper=0) ** 2).rolling(n).mean() * YEAR),
        "range_volatility_21": np.sqrt(squared * YEAR / (4 * np.log(2))),
        # pandas corrects for the bias of small samples, the factor does not
        "skewness_90": returns.rolling(n).skew() * (n - 2) / np.sqrt(n * (n - 1)),
        "autocorrelation_63": returns.rolling(QUARTER).corr(returns.shift(1)),
    }


def _exposure(rows: Frame, returns: Series) -> Columns:
    close = rows["close"]
    market = rows["market_return"].where(returns.notna())
    late, late_market = close / close.shift(3) - 1, (1 + market) * (1 + market.shift(1)) * (1 + market.shift(2)) - 1
    falling = market.where(market < 0)
    beta, beta_63 = _beta(returns, market, YEAR), _beta(returns, market, QUARTER)
    residual = returns - beta * market
    width = YEAR - MONTH
    return {
        "beta_252": beta,
        "beta_63": beta_63,
        "beta_3d_252": (late.rolling(YEAR, 200).cov(late_market) / late_market.rolling(YEAR, 200).var()).where(
            np.arange(len(close)) >= YEAR
        ),
        "downside_beta_252": (
            returns.where(falling.notna()).rolling(YEAR, 50).cov(falling) / falling.rolling(YEAR, 50).var()
        ).where(np.arange(len(close)) >= YEAR),
        "market_correlation_252": returns.rolling(YEAR).corr(market),
        "residual_volatility_63": _left(returns, market, beta_63, QUARTER),
        "residual_volatility_252": _left(returns, market, beta, YEAR),
        "residual_momentum_12_1": (residual.rolling(width).mean() / residual.rolling(width).std()).shift(MONTH),
    }


def _beta(returns: Series, market: Series, sessions: int) -> Series:
    variance = market.rolling(sessions).var()
    return (returns.rolling(sessions).cov(market) / variance).where(variance > 0)


def _left(returns: Series, market: Series, beta: Series, sessions: int) -> Series:
    """Deviation around the line of beta, a year's."""
    left = returns.rolling(sessions).var() - beta**2 * market.rolling(sessions).var()
    return np.sqrt(left.clip(lower=0) * (sessions - 1) / (sessions - 2) * YEAR)


def _liquidity(rows: Frame, returns: Series) -> Columns:
    turnover, volume = rows["turnover"], rows["volume"]
    logs = np.log1p(volume)
    spread = logs.rolling(20).std()
    daily = returns.abs() / turnover.where(turnover > 0) * 1e6
    old = np.arange(len(rows))
    return {
        "adv_20": turnover.rolling(20).median(),
        "turnover_trend_20_120": turnover.rolling(20).mean() / turnover.rolling(120).mean() - 1,
        "turnover_volatility_63": np.log1p(turnover).rolling(QUARTER).std(),
        "volume_z_20": ((logs - logs.rolling(20).mean()) / spread).where(spread > 1e-5),
        "volume_correlation_63": returns.rolling(QUARTER).corr(logs),
        "amihud_21": daily.rolling(MONTH, min_periods=10).mean().where(old >= MONTH),
        "amihud_252": daily.rolling(YEAR, min_periods=120).mean().where(old >= YEAR),
        "zero_volume_63": (volume == 0).rolling(QUARTER).mean(),
        "zero_return_63": (returns.abs() < 1e-7).astype(float).where(returns.notna()).rolling(QUARTER).mean(),
    }


def _spread(rows: Frame) -> Columns:
    close, high, low = rows["close"], rows["high"], rows["low"]
    before, k = close.shift(1), 3 - 2 * np.sqrt(2)
    gap = (low - before).clip(lower=0) - (before - high).clip(lower=0)
    ranges = np.log((high - gap) / (low - gap)) ** 2 + np.log(high / low).shift(1) ** 2
    joint = np.log(np.maximum(high - gap, high.shift(1)) / np.minimum(low - gap, low.shift(1))) ** 2
    alpha = (np.sqrt(2 * ranges) - np.sqrt(ranges)) / k - np.sqrt(joint / k)
    middle = (np.log(high) + np.log(low)) / 2
    product = 4 * (np.log(before) - middle.shift(1)) * (np.log(before) - middle)
    daily = {"corwin_schultz_21": 2 * np.tanh(alpha / 2), "abdi_ranaldo_21": np.sqrt(product.clip(lower=0))}
    return {name: values.clip(lower=0).rolling(MONTH).mean() for name, values in daily.items()}


def _path(rows: Frame) -> Columns:
    close = rows["close"]
    return {
        "distance_52w_high": close / rows["high"].rolling(YEAR).max() - 1,
        "distance_52w_low": close / rows["low"].rolling(YEAR).min() - 1,
        "drawdown_63": _drawdown(close, QUARTER),
        "drawdown_252": _drawdown(close, YEAR),
    }


def _drawdown(close: Series, sessions: int) -> Series:
    deepest = np.full(len(close), np.nan)
    if len(close) >= sessions:
        windows = sliding_window_view(close.to_numpy(), sessions)
        deepest[sessions - 1 :] = (windows / np.maximum.accumulate(windows, axis=1)).min(axis=1) - 1
    return pd.Series(deepest, close.index)
