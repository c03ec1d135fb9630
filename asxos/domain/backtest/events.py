"""What befalls a share between two closes: it pays, its units change, it disappears."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.bars.adjustment import effective_actions

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Days = NDArray[np.datetime64]


class Kind(IntEnum):
    """In the order in which the events of one session apply: payments are on the shares held at the close before."""

    DIVIDEND = 0
    RETURN = 1
    """Capital returned, or an entitlement or demerger, sold for what the price lost by it."""
    UNITS = 2
    """A split or a consolidation."""
    DELISTED = 3


@dataclass(frozen=True, eq=False)
class Events:
    """Sorted by session, then kind; arrays of shape (n_events,).

    `value`: A$ a share of a DIVIDEND or RETURN, new shares for an old one of UNITS, 0 of DELISTED. `franked`: the
    franked part of a DIVIDEND; NaN unknown.
    """

    session: IntArray
    column: IntArray
    kind: IntArray
    value: FloatArray
    franked: FloatArray

    def on(self, session: int) -> range:
        """The places of the events of one session."""
        first, last = np.searchsorted(self.session, [session, session + 1])
        return range(int(first), int(last))

    @classmethod
    def of(cls, placed: pl.DataFrame, closes: FloatArray, delisted: pl.DataFrame) -> Self:
        """The events of `place`d actions over `carry`ed closes, and those of delistings (`session, column`)."""
        before = closes[placed["session"].to_numpy() - 1, placed["column"].to_numpy()]
        lost = pl.Series(before) * (1 - pl.col("factor"))
        paid = pl.when(pl.col("amount").is_finite()).then("amount").otherwise(lost)
        value = pl.when(pl.col("kind") == Kind.UNITS).then(1 / pl.col("factor")).otherwise(paid)
        happened = placed.select("session", "column", "kind", "franked", value=value)
        gone = delisted.with_columns(kind=pl.lit(int(Kind.DELISTED)), franked=pl.lit(np.nan), value=pl.lit(0.0))
        table = pl.concat([happened, gone], how="diagonal_relaxed").sort("session", "kind", "column")
        places = (table[name].to_numpy().astype(np.int64) for name in ("session", "column", "kind"))
        return cls(*places, value=table["value"].to_numpy(), franked=table["franked"].to_numpy())


def place(actions: pl.DataFrame, days: Days, security_ids: IntArray, first: IntArray) -> pl.DataFrame:
    """`session, column, kind, factor, amount, franked` of actions, each on the first of `days` from its ex-date on.

    Args: actions: ACTION_SCHEMA. first: the session of each share's first close; what comes with or before it is left
    out, as is what has no number. Missing numbers are NaN. Sorted by session, then kind. An adjustment that leaves
    earlier prices lower is a payment; one that leaves them higher, a consolidation.
    """
    of_days = pl.DataFrame({"ex_date": pl.Series(days).cast(pl.Date), "session": np.arange(len(days))})
    of_shares = pl.DataFrame(
        {"security_id": security_ids.astype(np.int32), "column": np.arange(len(security_ids)), "first": first}
    )
    is_units = pl.col("kind").is_in(["split", "consolidation"]) | (pl.col("factor") > 1)
    named = pl.when(pl.col("kind") == "dividend").then(Kind.DIVIDEND).when(is_units).then(Kind.UNITS)
    has_number = pl.col("factor").is_not_null() | (pl.col("amount") > 0)
    return (
        effective_actions(actions)
        .join(of_shares, on="security_id")
        .sort("ex_date")
        .join_asof(of_days, on="ex_date", strategy="forward")
        .filter((pl.col("session") > pl.col("first")) & has_number)
        .select(
            "session",
            "column",
            named.otherwise(Kind.RETURN).cast(pl.Int64).alias("kind"),
            *[pl.col(name).cast(pl.Float64).fill_null(np.nan) for name in ("factor", "amount", "franked")],
        )
        .sort("session", "kind", "column")
    )


def carry(closes: FloatArray, has_bar: NDArray[np.bool_], placed: pl.DataFrame) -> None:
    """Let the last close of a share that does not trade follow its actions, in place; shape (n_days, n_shares)."""
    sessions, columns = placed["session"].to_numpy(), placed["column"].to_numpy()
    for action in placed.filter(~has_bar[sessions, columns]).iter_rows(named=True):
        session, column, factor = action["session"], action["column"], action["factor"]
        if np.isfinite(action["amount"]):
            factor = max(1 - action["amount"] / closes[session - 1, column], 0.0)
        silent = ~has_bar[session:, column]
        length = len(silent) if silent.all() else int(np.argmin(silent))
        closes[session : session + length, column] *= factor
