"""Prices on one scale across splits, consolidations and capital returns: factors from actions, there and back.

Dividends do not adjust: a panel's return is the price return, and what was paid is added by whoever needs total return.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

ADJUSTING_KINDS = ("split", "consolidation", "adjustment", "capital_return")
REPORTED = "reported"
PRICES = ("open", "high", "low", "close")
ADJUSTS = pl.col("kind").is_in(ADJUSTING_KINDS) & pl.col("factor").is_not_null()
"""Of an action: whether it multiplies the prices before it."""

_DAY_BITS = 20  # days since 1970 fit; the security is above them, so one integer orders (security, date)

Floats = NDArray[np.float64]


def effective_actions(actions: pl.DataFrame) -> pl.DataFrame:
    """Every event once: where a reported action and one implied by prices adjust one date, the reported one counts.

    Dividends, which do not adjust, all stay.
    """
    is_reported = ADJUSTS & (pl.col("method") == REPORTED)
    return actions.filter(~ADJUSTS | is_reported | ~is_reported.any().over("security_id", "ex_date"))


def effective_factors(actions: pl.DataFrame) -> pl.DataFrame:
    """`security_id, ex_date, factor`, one row each, sorted: what multiplies the prices before `ex_date`."""
    of_date = ("security_id", "ex_date")
    return effective_actions(actions).filter(ADJUSTS).group_by(of_date).agg(pl.col("factor").product()).sort(of_date)


def cumulative_factors(series: pl.DataFrame, factors: pl.DataFrame) -> Floats:
    """For each row the product of the factors whose ex-date is after it; shape (n_rows,); 1 where there is none.

    Args: series: sorted by (security_id, session_date). factors: of `effective_factors`.
    """
    result = np.ones(series.height)
    rows = _keys(series["security_id"], series["session_date"])
    events = _keys(factors["security_id"], factors["ex_date"])
    securities = factors["security_id"].to_numpy().astype(np.int64)
    begins = np.searchsorted(rows, securities << _DAY_BITS)
    ends = np.searchsorted(rows, events)
    for begin, end, factor in zip(begins, ends, factors["factor"], strict=True):
        result[begin:end] *= factor
    return result


def panel_of(raw: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """The Panel of bars as traded: `adjust`ed, with `raw_close` and `turnover` (A$) as they were.

    Args: raw: sorted by (security_id, session_date). factors: of `effective_factors`.
    """
    traded = raw.with_columns(raw_close="close", turnover=raw["close"] * raw["volume"])
    scale = cumulative_factors(raw, factors)
    if np.all(scale == 1.0):
        return traded.with_columns(pl.col("volume").cast(pl.Float64))
    return _scaled(traded, scale)


def adjust(series: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """`series` with prices multiplied and volume (Float64) divided by the factors after each row."""
    return _scaled(series, cumulative_factors(series, factors))


def unadjust(series: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """The reverse of `adjust`."""
    return _scaled(series, 1 / cumulative_factors(series, factors))


def _scaled(series: pl.DataFrame, scale: Floats) -> pl.DataFrame:
    by = pl.Series("scale", scale)
    return series.with_columns(*[pl.col(name) * by for name in PRICES], volume=pl.col("volume") / by)


def _keys(securities: pl.Series, days: pl.Series) -> NDArray[np.int64]:
    return (securities.to_numpy().astype(np.int64) << _DAY_BITS) + days.to_physical().to_numpy().astype(np.int64)
