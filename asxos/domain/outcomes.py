"""What became of a ranked share: its return from the next open over some sessions, and what following it cost.

Right is a positive excess return for BUY, a negative one for SELL; HOLD is no call. Net of cost: what a call earned in
excess of the median, short for SELL, less the round trip.
"""

from collections.abc import Sequence
from datetime import date
from enum import IntEnum

import numpy as np
import polars as pl

from asxos.domain.costs import round_trip_cost
from asxos.domain.labels import forward_return
from asxos.domain.universe import UniverseRule, median_turnover
from asxos.domain.validation.breakdown import hit_rate
from asxos.domain.validation.sessions import Pace, floats


class Horizon(IntEnum):
    """Sessions from open to open."""

    DAY = 1
    WEEK = 5
    MONTH = 21
    QUARTER = 63


HORIZONS = tuple(horizon.value for horizon in Horizon)
DAYS_OF_SESSION = 7 / 5


def realised(panel: pl.DataFrame, horizon: int) -> pl.DataFrame:
    """`session_date, security_id, realised, cost` of every row of a panel; null where not known, or not yet.

    A share that was delisted or halted meanwhile is sold at its last close.
    """
    turnover = median_turnover(panel, UniverseRule().window)
    return panel.select(
        "session_date",
        "security_id",
        realised=pl.Series(forward_return(panel, horizon)).fill_nan(None),
        cost=pl.Series(round_trip_cost(panel["raw_close"].to_numpy(), turnover)).fill_nan(None),
    )


def entered_on(sessions: Sequence[date], as_of: date, horizon: int) -> date | None:
    """The session after `as_of`, of `sessions` in order; None while there are not `horizon` more after that one."""
    next_one = int(np.searchsorted(np.array(sessions, "datetime64[D]"), np.datetime64(as_of), side="right"))
    return sessions[next_one] if next_one + horizon < len(sessions) else None


def pace_of(days: Sequence[date], horizon: int) -> Pace:
    """How far apart rankings of these dates are, so that overlapping outcomes are not taken for as many tries."""
    apart = np.diff(np.unique(np.array(days, "datetime64[D]"))).astype(np.int64)
    step = round(float(np.median(apart)) / DAYS_OF_SESSION) if len(apart) else horizon
    return Pace(horizon, max(step, 1))


def measures(by_date: pl.DataFrame, horizon: int) -> dict[str, float | int | None]:
    """How calls turned out, with the hit-rate's interval of 95 % (Wilson 1927, overlap and comovement allowed for).

    Args: by_date: a row a session: `as_of`, the counts `signals`, `calls`, `hits`, `costed`, and the sums `realised`,
    `excess` (over signals) and `net` (over costed calls).
    """
    days = by_date.sort("as_of")
    signals, calls, costed = (int(days[name].sum()) for name in ("signals", "calls", "costed"))
    called = days.filter(pl.col("calls") > 0)
    lags = pace_of(called["as_of"].to_list(), horizon).lags
    rate = hit_rate(floats(called, "hits"), floats(called, "calls"), lags) if calls else (None, None, None)
    return {
        "sessions": days.height,
        "signals": signals,
        "calls": calls,
        **dict(zip(("hit_rate", "hit_low", "hit_high"), rate, strict=True)),
        "mean_return": float(days["realised"].sum()) / signals,
        "mean_excess": float(days["excess"].sum()) / signals,
        "mean_net": float(days["net"].sum()) / costed if costed else None,
    }
