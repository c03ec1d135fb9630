"""What models learn to foresee: the return over the next sessions in excess of the universe's median of the date."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HORIZON = 21


def forward_return(panel: pl.DataFrame, horizon: int = HORIZON) -> FloatArray:
    """Return from the next open to the open `horizon` sessions later, per row, fractions; shape (n_rows,).

    Sessions are the panel's distinct dates. A share bought later than the next session (it did not trade) is bought at
    the open of its next bar in the window; one without a bar on the closing session, delisted or halted, is sold at its
    last close before it. So a label never uses anything after session t + 1 + horizon. NaN: the data ends for everyone
    inside the window, the share never trades in it, or a price is not positive.
    """
    sessions = session_index(panel)
    securities = panel["security_id"].to_numpy().astype(np.int64)
    end = sessions + horizon + 1
    stride = int(sessions.max(initial=0)) + horizon + 2
    exits = np.searchsorted(securities * stride + sessions, securities * stride + end)
    bought = _opens_next(panel, securities, sessions, horizon)
    sold = _sold(panel, securities, sessions, end, exits)
    with np.errstate(invalid="ignore", divide="ignore"):
        returns = sold / bought - 1.0
    return np.where((bought > 0) & (sold > 0) & (end <= sessions.max(initial=0)), returns, np.nan)


def forward_excess_return(panel: pl.DataFrame, universe: NDArray[np.bool_], horizon: int = HORIZON) -> FloatArray:
    """`forward_return` minus the median of the date's universe; NaN where the date has none; shape (n_rows,)."""
    returns = forward_return(panel, horizon)
    sessions = session_index(panel)
    return returns - _medians(sessions, returns, universe & np.isfinite(returns))[sessions]


def is_positive(excess: NDArray[Any]) -> NDArray[np.float64]:
    """1 where the excess return is above zero, 0 where not, NaN where it is missing."""
    return np.where(np.isnan(excess), np.nan, (excess > 0).astype(np.float64))


def session_index(panel: pl.DataFrame) -> IntArray:
    """The number of each row's session among the panel's distinct dates, from 0; shape (n_rows,)."""
    days = panel["session_date"].to_physical().to_numpy().astype(np.int64)
    first = days.min(initial=0) if not len(days) else days.min()
    present = np.bincount(days - first) > 0 if len(days) else np.zeros(0, np.bool_)
    return (np.cumsum(present) - 1)[days - first].astype(np.int64)


def _opens_next(panel: pl.DataFrame, securities: IntArray, sessions: IntArray, horizon: int) -> FloatArray:
    """The open of the security's next bar, NaN when it comes after the window's last full session."""
    opens = panel["open"].to_numpy()
    bought = np.full(len(opens), np.nan)
    follows = (securities[1:] == securities[:-1]) & (sessions[1:] <= sessions[:-1] + horizon)
    bought[:-1] = np.where(follows, opens[1:], np.nan)
    return bought


def _sold(panel: pl.DataFrame, securities: IntArray, sessions: IntArray, end: IntArray, exits: IntArray) -> FloatArray:
    """The open on session `end`, else the last close before it; `exits` are the rows at or after `end`."""
    row = np.minimum(exits, len(securities) - 1)
    traded = (securities[row] == securities) & (sessions[row] == end)
    return np.where(traded, panel["open"].to_numpy()[row], panel["close"].to_numpy()[exits - 1])


def _medians(sessions: IntArray, returns: FloatArray, counted: NDArray[np.bool_]) -> FloatArray:
    """The median of `returns` where `counted`, by session; NaN for a session that counts none."""
    medians = np.full(int(sessions.max(initial=-1)) + 1, np.nan)
    table = pl.DataFrame({"session": sessions[counted], "value": returns[counted]})
    grouped = table.group_by("session").agg(pl.col("value").median())
    medians[grouped["session"].to_numpy()] = grouped["value"].to_numpy()
    return medians
