"""The market's own daily return, made from the panel itself, one date at a time."""

import numpy as np
import polars as pl

from asxos.domain.factors.panel import FloatArray, IntArray, observed, security_offsets, simple_returns

# The part of a date's returns that is pulled in to the quantile on either side: misprints and unknown consolidations
# of tiny shares would otherwise move the whole market.
TAIL = 0.01


def market_return(panel: pl.DataFrame) -> FloatArray:
    """Turnover-weighted mean of the date's winsorised daily returns, per row of the panel; shape (n_rows,), fractions.

    Uses that date's rows and the closes before them only. NaN where no share traded that also had a close before.
    Sums run in row order, so that dropping later dates leaves every bit as it was.
    """
    returns = simple_returns(observed(panel, "close"), security_offsets(panel))
    if not len(returns):
        return returns
    weights = observed(panel, "turnover")
    days = panel["session_date"].to_physical().to_numpy()
    days = days - days.min()
    traded = np.isfinite(returns) & (weights > 0)
    return _weighted_by_day(days[traded], returns[traded], weights[traded], int(days.max()) + 1)[days]


def _weighted_by_day(days: IntArray, returns: FloatArray, weights: FloatArray, size: int) -> FloatArray:
    """The winsorised weighted mean of each day, indexed by day; shape (size,)."""
    low, high = _tails(days, returns, size)
    moved = np.bincount(days, np.clip(returns, low[days], high[days]) * weights, minlength=size)
    weight = np.bincount(days, weights, minlength=size)
    return np.divide(moved, weight, out=np.full(size, np.nan), where=weight > 0)


def _tails(days: IntArray, returns: FloatArray, size: int) -> tuple[FloatArray, FloatArray]:
    """The low and the high quantile of each day's returns, indexed by day; shape (size,) each."""
    value = pl.col("value")
    quantiles = (
        pl.DataFrame({"day": days, "value": returns})
        .group_by("day")
        .agg(low=value.quantile(TAIL, "linear"), high=value.quantile(1 - TAIL, "linear"))
    )
    low, high = np.full(size, np.nan), np.full(size, np.nan)
    low[quantiles["day"].to_numpy()] = quantiles["low"].to_numpy()
    high[quantiles["day"].to_numpy()] = quantiles["high"].to_numpy()
    return low, high
