"""Polars expressions the factors are made of: slow, readable and the yardstick for the compiled kernel.

All are evaluated within one security on a prepared panel, where a missing value is null: a window that holds a
missing value is missing, a seeded average steps over it.
"""

import polars as pl

CLOSE, HIGH, LOW = pl.col("close"), pl.col("high"), pl.col("low")
TURNOVER, VOLUME, MARKET = pl.col("turnover"), pl.col("volume"), pl.col("market_return")
RETURN = CLOSE / CLOSE.shift(1) - 1

SESSIONS_A_YEAR = 252
SLOPE_SESSIONS = 20
# Below these a spread is rounding noise, not movement; the kernel shares them.
LEAST_PRICE_SPREAD = 1e-9
LEAST_VOLUME_SPREAD = 1e-5
LEAST_MARKET_VARIANCE = 1e-14


def momentum(sessions: int, skip: int = 0) -> pl.Expr:
    """Return from `sessions` ago to `skip` ago."""
    return CLOSE.shift(skip) / CLOSE.shift(sessions) - 1


def seeded_average(values: pl.Expr, first: int, last: int, weight: float) -> pl.Expr:
    """Exponential average that starts as the mean of the `first`-th to `last`-th value present, as TA-Lib does."""
    number = values.is_not_null().cum_sum()
    seed = pl.when(number.is_between(first, last)).then(values).cum_sum() / (last - first + 1)
    inputs = pl.when(values.is_null()).then(None).when(number == last).then(seed).when(number > last).then(values)
    return pl.when(values.is_not_null()).then(inputs.ewm_mean(alpha=weight, adjust=False, ignore_nulls=True))


def relative_strength() -> pl.Expr:
    """Wilder's RSI of 14."""
    change = CLOSE - CLOSE.shift(1)
    gains = seeded_average(change.clip(lower_bound=0), 1, 14, 1 / 14)
    losses = seeded_average((-change).clip(lower_bound=0), 1, 14, 1 / 14)
    return pl.when(gains + losses > 0).then(100 * gains / (gains + losses))


def macd_line() -> pl.Expr:
    """EMA 12 less EMA 26, A$, from the bar on which the signal exists."""
    return pl.when(macd_signal().is_not_null()).then(_macd())


def macd_signal() -> pl.Expr:
    """EMA 9 of the MACD line, A$."""
    return seeded_average(_macd(), 1, 9, 2 / 10)


def _macd() -> pl.Expr:
    return seeded_average(CLOSE, 15, 26, 2 / 13) - seeded_average(CLOSE, 1, 26, 2 / 27)


def average_true_range() -> pl.Expr:
    """Wilder's average of 14 true ranges, A$."""
    before = CLOSE.shift(1)
    spans = (HIGH - LOW, (HIGH - before).abs(), (LOW - before).abs())
    complete = pl.all_horizontal(span.is_not_null() for span in spans)
    return seeded_average(pl.when(complete).then(pl.max_horizontal(*spans)), 1, 14, 1 / 14)


def bollinger_b() -> pl.Expr:
    """Place of the close between the bands two deviations around the 20-session mean."""
    mean, spread = CLOSE.rolling_mean(20), CLOSE.rolling_std(20, ddof=0)
    return pl.when(spread > LEAST_PRICE_SPREAD * mean).then((CLOSE - mean) / (4 * spread) + 0.5)


def volatility(sessions: int) -> pl.Expr:
    """Sample deviation of daily returns, scaled to a year."""
    return RETURN.rolling_std(sessions) * SESSIONS_A_YEAR**0.5


def average_ratio(sessions: int) -> pl.Expr:
    """Close over its simple moving average, less one."""
    return CLOSE / CLOSE.rolling_mean(sessions) - 1


def average_slope(sessions: int) -> pl.Expr:
    """Growth of the simple moving average over 20 sessions."""
    average = CLOSE.rolling_mean(sessions)
    return average / average.shift(SLOPE_SESSIONS) - 1


def volume_surprise() -> pl.Expr:
    """Standard score of log volume within its last 20 sessions, today included."""
    log_volume = VOLUME.log1p()
    spread = log_volume.rolling_std(20)
    return pl.when(spread > LEAST_VOLUME_SPREAD).then((log_volume - log_volume.rolling_mean(20)) / spread)


def drawdown(sessions: int) -> pl.Expr:
    """Deepest fall inside the window: each close against the highest close before it in the same window."""
    falls = (CLOSE.shift(k) / CLOSE.rolling_max(sessions - k).shift(k) for k in range(sessions))
    complete = CLOSE.rolling_min(sessions).is_not_null()
    return pl.when(complete).then(pl.min_horizontal(*falls) - 1)


def beta(sessions: int, least: int) -> pl.Expr:
    """Slope of the share's daily return on the market's, over the days that have both."""

    def mean(values: pl.Expr) -> pl.Expr:
        return values.rolling_mean(sessions, min_samples=least)

    market = pl.when(RETURN.is_not_null()).then(MARKET)
    share = pl.when(MARKET.is_not_null()).then(RETURN)
    covariance = mean(market * share) - mean(market) * mean(share)
    variance = mean(market * market) - mean(market) ** 2
    whole_window = pl.int_range(pl.len()) >= sessions
    return pl.when(whole_window & (variance > LEAST_MARKET_VARIANCE)).then(covariance / variance)


def amihud(sessions: int, least: int) -> pl.Expr:
    """Mean absolute return per A$ million traded, over the days that traded."""
    impact = pl.when(TURNOVER > 0).then(RETURN.abs() / TURNOVER * 1e6)
    whole_window = pl.int_range(pl.len()) >= sessions
    return pl.when(whole_window).then(impact.rolling_mean(sessions, min_samples=least))
