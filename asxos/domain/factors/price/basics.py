"""What the expressions of the factors of prices share: the series, averages, windows and the least of a spread.

An expression is slow, readable and the yardstick of its compiled twin. It is evaluated within one security on a
prepared panel, where a missing value is null: a window that holds a missing value is missing, a seeded average steps
over it.
"""

import polars as pl

OPEN, HIGH, LOW, CLOSE = pl.col("open"), pl.col("high"), pl.col("low"), pl.col("close")
TURNOVER, VOLUME, MARKET = pl.col("turnover"), pl.col("volume"), pl.col("market_return")
RETURN = CLOSE / CLOSE.shift(1) - 1

SESSIONS_A_YEAR = 252
SLOPE_SESSIONS = 20
# Below these a spread is rounding noise, not movement; the compiled twins share them.
LEAST_PRICE_SPREAD = 1e-9
LEAST_VOLUME_SPREAD = 1e-5
LEAST_RETURN_SPREAD = 1e-7


def seeded_average(values: pl.Expr, first: int, last: int, weight: float) -> pl.Expr:
    """Exponential average that starts as the mean of the `first`-th to `last`-th value present, as TA-Lib does."""
    number = values.is_not_null().cum_sum()
    seed = pl.when(number.is_between(first, last)).then(values).cum_sum() / (last - first + 1)
    inputs = pl.when(values.is_null()).then(None).when(number == last).then(seed).when(number > last).then(values)
    return pl.when(values.is_not_null()).then(inputs.ewm_mean(alpha=weight, adjust=False, ignore_nulls=True))


def whole_window(sessions: int) -> pl.Expr:
    """Whether the security has had that many returns."""
    return pl.int_range(pl.len()) >= sessions


def share_of(condition: pl.Expr, sessions: int) -> pl.Expr:
    """The part of the window's sessions on which it held; missing where it is unknown on one of them."""
    return condition.cast(pl.Float64).rolling_mean(sessions)
