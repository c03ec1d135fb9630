"""What a backtest leaves behind: every trade and payment, what was held at each close, and what it all was worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Entry(IntEnum):
    """What an entry of the journal is about."""

    BUY = 0
    SELL = 1
    DIVIDEND = 2
    RETURN = 3
    """Capital returned, or an entitlement sold."""
    UNITS = 4
    """A split or consolidation: the change in shares, and cash for the fraction of one."""
    DELISTED = 5


JOURNAL = pl.Schema(
    {
        "session": pl.Int64,
        "column": pl.Int64,
        "kind": pl.Int64,
        "shares": pl.Int64,
        "price": pl.Float64,
        "brokerage": pl.Float64,
        "spread": pl.Float64,
        "impact": pl.Float64,
        "cash": pl.Float64,
        "franking": pl.Float64,
        "decided": pl.Int64,
    }
)
HOLDINGS = pl.Schema(
    {"session": pl.Int64, "column": pl.Int64, "shares": pl.Int64, "value": pl.Float64, "sector": pl.Int64}
)


class Journal:
    """Entries while they are made."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.float64]] = []

    def add(self, session: int, kind: Entry, columns: ArrayLike, **values: ArrayLike) -> None:
        """Entries of one kind, one a column of `columns`; `values` are columns of JOURNAL, 0 where not given."""
        count = np.size(columns)
        part = np.zeros((len(JOURNAL), count))
        for name, value in ({"session": session, "column": columns, "kind": kind} | values).items():
            part[_PLACE[name]] = value
        self._parts.append(part)

    def frame(self) -> pl.DataFrame:
        """Every entry in the order in which it was made, as JOURNAL."""
        return as_table(self._parts, JOURNAL)


_PLACE = {name: i for i, name in enumerate(JOURNAL)}


def as_table(parts: Sequence[FloatArray], schema: pl.Schema) -> pl.DataFrame:
    """Blocks of shape (n_columns, n_rows) as one table."""
    blocks = np.hstack([np.zeros((len(schema), 0)), *parts])
    return pl.DataFrame(dict(zip(schema, blocks, strict=True))).cast(schema)


@dataclass(frozen=True, eq=False)
class Ledger:
    """A run from session `first` of the market on; `equity` and `cash` at each close, shape (n_sessions,), A$.

    `journal`: JOURNAL. `holdings`: session, column, shares, value, sector at each close, sector as a number of the
    rankings' sectors.
    """

    first: int
    equity: FloatArray
    cash: FloatArray
    journal: pl.DataFrame
    holdings: pl.DataFrame

    def daily(self, value: pl.Expr, *kinds: Entry) -> FloatArray:
        """A value of the journal's entries summed by session, over some kinds (default: all); shape (n_sessions,)."""
        found = self.journal.filter(pl.col("kind").is_in([int(k) for k in kinds or Entry]))
        values = found.select(value.cast(pl.Float64)).to_series().to_numpy()
        return np.bincount(found["session"].to_numpy() - self.first, values, len(self.equity)).astype(np.float64)

    @property
    def returns(self) -> FloatArray:
        """Total return by session, fractions: prices, payments and costs; the first is 0; shape (n_sessions,)."""
        return self._returns(np.zeros_like(self.equity))

    @property
    def price_returns(self) -> FloatArray:
        """The same without what shares paid."""
        return self._returns(-self.income)

    @property
    def franked_returns(self) -> FloatArray:
        """The same with the franking credits of dividends, as to who can use all of them."""
        return self._returns(self.daily(pl.col("franking")))

    def _returns(self, more: FloatArray) -> FloatArray:
        return np.append(0.0, (np.diff(self.equity) + more[1:]) / self.equity[:-1])

    @property
    def costs(self) -> FloatArray:
        """Brokerage, spread and impact paid by session, A$; shape (n_sessions,)."""
        return self.daily(pl.col("brokerage") + pl.col("spread") + pl.col("impact"))

    @property
    def traded(self) -> FloatArray:
        """The value bought and sold by session, A$ before costs; shape (n_sessions,)."""
        return self.daily(pl.col("shares").abs() * pl.col("price"), Entry.BUY, Entry.SELL)

    @property
    def income(self) -> FloatArray:
        """Dividends and capital returned by session, A$; shape (n_sessions,)."""
        return self.daily(pl.col("cash"), Entry.DIVIDEND, Entry.RETURN)
