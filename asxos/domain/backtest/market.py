"""The market as a backtest replays it: prices as traded by session and share, and what befell the shares."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.backtest.events import Days, Events, FloatArray, IntArray, Kind, carry, place
from asxos.domain.labels import session_index
from asxos.domain.universe import median_turnover

BoolArray = NDArray[np.bool_]

TURNOVER_WINDOW = 20
# Prices as traded have at most four decimals; what adjusting and going back has added to them is rounded away.
_PRICE_DECIMALS = 6


@dataclass(frozen=True, eq=False)
class Market:
    """Arrays of shape (n_sessions, n_shares), a row a session; NaN missing.

    `opens`: A$ as traded, NaN where the share did not trade. `closes`: the last close, in the units of its session; NaN
    before the first. `turnover`: the median of its last 20 values traded, A$.
    """

    days: Days
    security_ids: IntArray
    opens: FloatArray
    closes: FloatArray
    turnover: FloatArray
    events: Events

    def session_of(self, day: np.datetime64) -> int:
        """The number of the last session on or before `day`; -1 when there is none."""
        return int(np.searchsorted(self.days, day, side="right")) - 1

    @cached_property
    def growth(self) -> FloatArray:
        """What A$1 in a share at the close before is worth at the close, payments included; 1 where it has no past."""
        grown = np.ones_like(self.closes)
        np.divide(self.closes[1:], self.closes[:-1], out=grown[1:], where=np.isfinite(self.closes[:-1]))
        session, column, value = self.events.session, self.events.column, self.events.value
        units = self.events.kind == Kind.UNITS
        paid = (self.events.kind == Kind.DIVIDEND) | (self.events.kind == Kind.RETURN)
        np.multiply.at(grown, (session[units], column[units]), value[units])
        per_dollar = value[paid] / self.closes[session[paid] - 1, column[paid]]
        np.add.at(grown, (session[paid], column[paid]), per_dollar)
        return grown


def build_market(panel: pl.DataFrame, actions: pl.DataFrame, *, delisted_after: int) -> Market:
    """The market of a panel, on the sessions that it has.

    Args: panel: of the market service, adjusted, sorted by (security_id, session_date). actions: ACTION_SCHEMA.
    A bar without volume is a price but no trade. A share that has not traded for `delisted_after` sessions is delisted
    on the last of them, by that alone: whether it will trade again is not asked.
    """
    session = session_index(panel)
    ids, column = np.unique(panel["security_id"].to_numpy(), return_inverse=True)
    shape = (int(session.max()) + 1, len(ids))
    scale = (panel["raw_close"] / panel["close"]).to_numpy()
    has_bar = np.zeros(shape, np.bool_)
    has_bar[session, column] = True
    is_traded = panel["volume"].to_numpy() > 0
    opens, closes, turnover = (np.full(shape, np.nan) for _ in range(3))
    opened = np.round(panel["open"].to_numpy() * scale, _PRICE_DECIMALS)
    opens[session, column] = np.where(is_traded, opened, np.nan)
    closes[session, column] = panel["raw_close"].to_numpy()
    turnover[session, column] = median_turnover(panel, TURNOVER_WINDOW)
    days = panel["session_date"].unique().sort().to_numpy()
    closes, turnover = _last_known(closes, has_bar), _last_known(turnover, has_bar)
    placed = place(actions, days, ids.astype(np.int64), np.argmax(has_bar, axis=0))
    carry(closes, has_bar, placed)
    gone = _delisted(session, column, shape[0], delisted_after)
    return Market(days, ids.astype(np.int64), opens, closes, turnover, Events.of(placed, closes, gone))


def _last_known(values: FloatArray, has_bar: BoolArray) -> FloatArray:
    """Each cell's value, or that of the last bar before it."""
    latest = np.where(has_bar, np.arange(len(values), dtype=np.int32)[:, None], 0)
    np.maximum.accumulate(latest, axis=0, out=latest)
    return np.take_along_axis(values, latest, axis=0)


def _delisted(session: IntArray, column: IntArray, sessions: int, after: int) -> pl.DataFrame:
    """`session, column` at which a silence of `after` sessions is complete; rows are sorted by column, session."""
    is_last = np.append(column[1:] != column[:-1], True)
    following = np.where(is_last, sessions, np.append(session[1:], 0))
    silent = np.flatnonzero(following - session > after)
    return pl.DataFrame({"session": session[silent] + after, "column": column[silent]})
