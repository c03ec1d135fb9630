"""What a model said of the universe on past sessions, placed on the market's grid."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.backtest.market import Market

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

UNCLASSIFIED = "Unclassified"


@dataclass(frozen=True)
class Ranking:
    """One session's shares, best first: their columns and their sectors, as numbers of `Rankings.sectors`."""

    session: int
    columns: IntArray
    sectors: IntArray


@dataclass(frozen=True, eq=False)
class Rankings:
    """Every session's ranking in one table, sorted by session, best first within one; arrays of shape (n_rows,)."""

    session: IntArray
    columns: IntArray
    sector: IntArray
    sectors: tuple[str, ...]

    def sessions(self) -> IntArray:
        """The sessions that were ranked, in order."""
        return np.unique(self.session)

    def due(self, every: int) -> list[int]:
        """The sessions to rebalance on: the first, then each at least `every` sessions after the one before."""
        chosen: list[int] = []
        for session in self.sessions().tolist():
            if not chosen or session >= chosen[-1] + every:
                chosen.append(session)
        return chosen

    def on(self, session: int) -> Ranking:
        """The ranking of one session."""
        first, last = np.searchsorted(self.session, [session, session + 1])
        return Ranking(session, self.columns[first:last], self.sector[first:last])


def read_rankings(frame: pl.DataFrame, market: Market) -> Rankings:
    """`session_date, security_id, score, sector` (null: unclassified) on the market's grid.

    Rows without a finite score, and of shares without a price that day, are left out. Shares of equal
    score come in the order of turnover, the most traded first, then of security id.
    """
    days = pl.DataFrame({"session_date": pl.Series(market.days).cast(pl.Date), "session": np.arange(len(market.days))})
    shares = pl.DataFrame({"security_id": market.security_ids, "column": np.arange(len(market.security_ids))})
    found = (
        frame.filter(pl.col("score").is_finite())
        .with_columns(pl.col("security_id").cast(pl.Int64), pl.col("sector").fill_null(UNCLASSIFIED))
        .join(days, on="session_date")
        .join(shares, on="security_id")
    )
    sectors = found["sector"].unique().sort()
    sector = found["sector"].replace_strict(sectors, np.arange(len(sectors)), return_dtype=pl.Int64).to_numpy()
    session, column, score = (found[name].to_numpy() for name in ("session", "column", "score"))
    priced = np.isfinite(market.closes[session, column])
    session, column, score, sector = (values[priced] for values in (session, column, score, sector))
    order = np.lexsort((column, -np.nan_to_num(market.turnover[session, column]), -score, session))
    return Rankings(session[order], column[order], sector[order], tuple(sectors))
