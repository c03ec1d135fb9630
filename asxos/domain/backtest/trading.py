"""What trading did: how much, at what cost, how often at a profit, and what cost it could have borne."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.backtest.ledger import Entry, Ledger
from asxos.domain.backtest.performance import SESSIONS_A_YEAR

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trading:
    """Amounts in A$, fractions a year of the mean equity.

    `turnover`: half of what was bought and sold. `cost_drag`: all costs. `break_even`: the cost of one round trip, as a
    fraction of its value, at which the run would have earned what the benchmark did, and `paid` what one did cost; NaN
    where nothing was traded. `hit_rate`: of the positions closed, those that brought more cash than they took, NaN
    where none was. `exposure`: the mean part of the equity in shares.
    """

    trades: int
    brokerage: float
    spread: float
    impact: float
    dividends: float
    returned: float
    franking: float
    turnover: float
    cost_drag: float
    paid: float
    break_even: float
    closed: int
    hit_rate: float
    exposure: float
    mean_holdings: float


def trading(ledger: Ledger, benchmark_cagr: float, cagr: float) -> Trading:
    """Of a run whose compound return was `cagr`, beside a benchmark's."""
    years = max(len(ledger.equity) - 1, 1) / SESSIONS_A_YEAR
    mean_equity = float(ledger.equity.mean())
    costs, traded = float(ledger.costs.sum()), float(ledger.traded.sum())
    profits = position_profits(ledger)
    paid = 2 * costs / traded if traded else np.nan
    turnover = traded / 2 / mean_equity / years
    return Trading(
        trades=ledger.journal.filter(pl.col("kind").is_in([int(Entry.BUY), int(Entry.SELL)])).height,
        **{name: float(ledger.daily(pl.col(name)).sum()) for name in ("brokerage", "spread", "impact", "franking")},
        dividends=float(ledger.daily(pl.col("cash"), Entry.DIVIDEND).sum()),
        returned=float(ledger.daily(pl.col("cash"), Entry.RETURN).sum()),
        turnover=turnover,
        cost_drag=costs / mean_equity / years,
        paid=paid,
        break_even=paid + (cagr - benchmark_cagr) / turnover if turnover else np.nan,
        closed=len(profits),
        hit_rate=float((profits > 0).mean()) if len(profits) else np.nan,
        exposure=float(np.mean(1 - ledger.cash / ledger.equity)),
        mean_holdings=ledger.holdings.height / len(ledger.equity),
    )


def position_profits(ledger: Ledger) -> FloatArray:
    """What each position that was closed brought, payments and costs included, A$; in the order of their ends."""
    owned = pl.col("shares").cum_sum().over("column")
    # A position ends with the entry that leaves no share; the next entry of that share begins another.
    ended = (owned == 0).cast(pl.Int64)
    position = ended.cum_sum().over("column") - ended
    entries = ledger.journal.with_columns(position=position, is_end=owned == 0, place=pl.int_range(pl.len()))
    sums = entries.group_by("column", "position").agg(
        pl.col("cash").sum(), pl.col("is_end").last(), pl.col("place").last()
    )
    return sums.filter("is_end").sort("place")["cash"].to_numpy()


def yearly_costs(days: NDArray[np.datetime64], ledger: Ledger) -> pl.DataFrame:
    """`year, brokerage, spread, impact, traded` by calendar year, A$."""
    names = ("brokerage", "spread", "impact")
    daily = {name: ledger.daily(pl.col(name)) for name in names} | {"traded": ledger.traded}
    table = pl.DataFrame({"year": pl.Series(days).cast(pl.Date), **daily})
    return table.group_by(pl.col("year").dt.year()).sum().sort("year")
