"""What the factors demand of a panel, what they refuse, and a block of its securities as plain arrays."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
FactorArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Columns = dict[str, FloatArray]

PRICES = ("open", "high", "low", "close")
AMOUNTS = ("volume", "turnover")
NEEDED = ("security_id", "session_date", *PRICES, *AMOUNTS)


class BadPanel(ValueError):
    """A column is missing or of another kind, or the rows are not sorted by (security_id, session_date), each once."""


@dataclass(frozen=True)
class Block:
    """The rows of some whole securities, one array per series, each of shape (n_rows,); what is missing is NaN.

    `offsets`: where each security begins, and the end. `age`: sessions since the security's first row.
    `returns`: of one session, NaN on a first row. `market`: the market's return on the row's date.
    """

    offsets: IntArray
    age: IntArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    turnover: FloatArray
    returns: FloatArray
    market: FloatArray

    def lagged(self, values: FloatArray, sessions: int) -> FloatArray:
        """`values` of `sessions` rows before, of the same security; NaN where there is none."""
        earlier = np.full(len(values), np.nan)
        earlier[sessions:] = values[: max(len(values) - sessions, 0)]
        earlier[self.age < sessions] = np.nan
        return earlier


def security_offsets(panel: pl.DataFrame) -> IntArray:
    """Where each security's rows begin, and the end; shape (n_securities + 1,).

    Raises: BadPanel: a column is missing, or a row is out of order or doubled (the first such row is named).
    """
    _check_columns(panel)
    securities = panel["security_id"].to_numpy()
    days = panel["session_date"].to_physical().to_numpy()
    same = securities[1:] == securities[:-1]
    unsorted = (securities[1:] < securities[:-1]) | (same & (days[1:] <= days[:-1]))
    if unsorted.any():
        row = int(np.argmax(unsorted)) + 1
        raise BadPanel(f"Panel row {row} (security_id {securities[row]}) is not after the row before it")
    ends = (len(securities),) if len(securities) else ()
    return np.array([0, *(np.flatnonzero(~same) + 1), *ends], np.int64)


def _check_columns(panel: pl.DataFrame) -> None:
    for name in NEEDED:
        if name not in panel.columns:
            raise BadPanel(f"Panel lacks column {name!r}")
    security, session = panel["security_id"], panel["session_date"]
    for column, fits in ((security, security.dtype.is_integer()), (session, session.dtype == pl.Date)):
        if not fits or column.null_count():
            raise BadPanel(f"Panel column {column.name!r} is {column.dtype} with {column.null_count()} missing")


def observed(panel: pl.DataFrame, name: str) -> FloatArray:
    """A column as a new array in which all but finite numbers is missing; so is a price that is not above zero."""
    values = panel[name].cast(pl.Float64).to_numpy()
    possible = values > 0 if name in PRICES else values >= 0
    return np.where(possible & (values < np.inf), values, np.nan)


def simple_returns(close: FloatArray, offsets: IntArray) -> FloatArray:
    """Close over the security's close before, less one; shape (n_rows,); NaN on a first row."""
    returns = np.full(len(close), np.nan)
    returns[1:] = close[1:] / close[:-1] - 1.0
    returns[offsets[:-1]] = np.nan
    return returns


def make_block(panel: pl.DataFrame, market: FloatArray, offsets: IntArray) -> Block:
    """The rows of `panel`, whole securities cut at `offsets`, as arrays; `market` is the return per row."""
    series = {name: observed(panel, name) for name in (*PRICES, *AMOUNTS)}
    age = np.arange(panel.height) - np.repeat(offsets[:-1], np.diff(offsets))
    returns = simple_returns(series["close"], offsets)
    return Block(offsets=offsets, age=age, returns=returns, market=market, **series)
