"""Ten years of 2,000 shares rebalanced each week: seconds, and every cent beside bt on the same orders.

    python -m benchmarks.backtest [--symbols 2000 --years 10]

Three runs over one simulated market (splits, dividends, delistings and all):

- ours: rankings of the week's momentum, the best 50 held, CommSec's tariff, half spread and impact;
- bt given the orders and payments of that run one by one, a row at each open and close: what it says the account is
  worth at every close must be what we say, within the cents that rounding leaves;
- bt left to itself: its own algorithms choose and weigh the same best 50 on the same dates, in closing prices.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.backtest import Ledger, Market, Rankings, Rules, build_market, read_rankings, run
from asxos.domain.backtest.events import Kind
from asxos.domain.backtest.ledger import Entry
from asxos.domain.bars.adjustment import cumulative_factors, effective_factors
from asxos.domain.bars.matching import ACTION_SCHEMA
from asxos.domain.simulation import SimulatedMarket, simulate
from benchmarks.results import Result

FloatArray = NDArray[np.float64]

SYMBOLS, YEARS, SEED = 2_000, 10.0, 7
WARM_UP, WEEK, MOMENTUM = 130, 5, 126
RULES = Rules(top=50, every=WEEK, capital=1_000_000.0)
LONGEST_SECONDS = 2.0
# A$: our consideration of each trade is to the cent, bt's is not.
CENT_A_TRADE = 0.005


def simulated(symbols: int, years: float) -> Market:
    """A simulated market as a backtest replays it."""
    end = date(2024, 12, 31)
    days = np.busday_offset("2010-01-01", np.arange(round(years * 261) + 261), roll="forward").astype("datetime64[D]")
    sessions = [day for day in days.tolist() if day <= end]
    found = simulate(SEED, symbols, years, 0.1, end=sessions[-1], sessions=sessions)
    panel, actions = _panel(found)
    return build_market(panel, actions, delisted_after=RULES.delisted_after)


def _panel(found: SimulatedMarket) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Bars as the market service gives them, and actions, by security id."""
    ids = pl.DataFrame({"symbol": found.securities["symbol"]}).with_row_index("security_id", 1)
    ids = ids.with_columns(pl.col("security_id").cast(pl.Int32))
    actions = found.actions.join(ids, on="symbol").select(ACTION_SCHEMA.keys())
    raw = found.bars.join(ids, on="symbol").sort("security_id", "session_date")
    scale = pl.Series(cumulative_factors(raw, effective_factors(actions)))
    adjusted = [pl.col(name) * scale for name in ("open", "high", "low", "close")]
    traded = raw["close"] * raw["volume"]
    return raw.with_columns(*adjusted, volume=pl.col("volume") / scale, raw_close="close", turnover=traded), actions


def momentum(market: Market) -> pl.DataFrame:
    """Each week's ranking by the half-year's total return, of the shares that traded that day."""
    sessions = np.arange(WARM_UP, len(market.days), WEEK)
    total = np.cumsum(np.log(market.growth), axis=0)
    scores = total[sessions] - total[sessions - MOMENTUM]
    scores[np.isnan(market.opens[sessions])] = np.nan
    row, column = np.nonzero(np.isfinite(scores))
    return pl.DataFrame(
        {
            "session_date": pl.Series(market.days[sessions[row]]).cast(pl.Date),
            "security_id": market.security_ids[column],
            "score": scores[row, column],
            "sector": pl.Series([None] * len(row), dtype=pl.String),
        }
    )


def replayed_by_bt(market: Market, ledger: Ledger) -> FloatArray:
    """The account's value at each close when bt carries out the journal, in units of the first session."""
    import bt
    import pandas as pd

    units = _units(market)
    entries: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in ledger.journal.iter_rows(named=True):
        entries[entry["session"]].append(entry)
    used = ledger.journal["column"].unique().sort().to_numpy()
    sessions = np.arange(ledger.first, ledger.first + len(ledger.equity))
    before = (market.closes * units)[sessions - 1][:, used]
    opens = (market.opens * units)[sessions][:, used]
    prices = np.empty((2 * len(sessions), len(used)))
    prices[0::2] = np.where(np.isfinite(opens), opens, before)
    prices[1::2] = (market.closes * units)[sessions][:, used]
    # bt wants a price of what is not listed yet, though nobody holds it.
    table = pd.DataFrame(prices, pd.date_range("2000-01-01", periods=len(prices), freq="h"), [str(c) for c in used])
    fees: list[float] = []

    class Replay(bt.Algo):
        def __init__(self) -> None:
            super().__init__()
            self.row = -1

        def __call__(self, target: Any) -> bool:
            self.row += 1
            if self.row % 2 == 0:
                for entry in entries[int(sessions[self.row // 2])]:
                    self._carry_out(target, entry)
            return True

        def _carry_out(self, target: Any, entry: dict[str, Any]) -> None:
            session, column, kind = entry["session"], entry["column"], Entry(entry["kind"])
            if kind in {Entry.BUY, Entry.SELL, Entry.DELISTED}:
                fees[:] = [entry["brokerage"] + entry["spread"] + entry["impact"]]
                target.transact(entry["shares"] / units[session, column], str(column))
            else:
                target.adjust(entry["cash"], flow=False)

    strategy = bt.Strategy("ours", [Replay()])
    test = bt.Backtest(
        strategy,
        table.bfill(),
        initial_capital=RULES.capital,
        commissions=lambda _, __: fees[0],
        integer_positions=False,
        progress_bar=False,
    )
    test.run()
    return test.strategy.values.to_numpy()[2::2]


def _units(market: Market) -> FloatArray:
    """How many of today's shares one of the first session has become; shape (n_sessions, n_shares)."""
    ratio = np.ones_like(market.closes)
    split = market.events.kind == Kind.UNITS
    np.multiply.at(ratio, (market.events.session[split], market.events.column[split]), market.events.value[split])
    return ratio.cumprod(axis=0)


def left_to_bt(market: Market, rankings: Rankings) -> float:
    """Seconds in which bt holds the same shares on the same dates by its own algorithms."""
    import bt
    import pandas as pd

    days = pd.DatetimeIndex(market.days)
    prices = pd.DataFrame(market.closes * _units(market), days, [str(id) for id in market.security_ids]).bfill()
    chosen = pd.DataFrame(0.0, days[rankings.sessions()], prices.columns)
    for session in rankings.sessions():
        best = rankings.on(int(session)).columns[: RULES.top]
        chosen.iloc[np.searchsorted(rankings.sessions(), session), best] = 1 / RULES.top
    algos = [bt.algos.WeighTarget(chosen), bt.algos.Rebalance()]
    test = bt.Backtest(bt.Strategy("bt", algos), prices, initial_capital=RULES.capital, progress_bar=False)
    return _seconds(test.run)[1]


def _seconds(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    done = work()
    return done, time.perf_counter() - started


def measure(symbols: int = SYMBOLS, years: float = YEARS) -> list[Result]:
    """The figures."""
    market = simulated(symbols, years)
    frame = momentum(market)
    rankings = read_rankings(frame, market)
    ledger, ours = min((_seconds(lambda: run(market, rankings, RULES)) for _ in range(3)), key=lambda timed: timed[1])
    theirs, _ = _seconds(lambda: replayed_by_bt(market, ledger))
    apart = np.abs(theirs - ledger.equity)
    allowed = CENT_A_TRADE * (1 + np.cumsum(ledger.daily(pl.lit(1.0) + 0 * pl.col("cash"))))
    alone = left_to_bt(market, rankings)
    size = f"{len(market.days):,} sessions x {len(market.security_ids):,} shares, {len(rankings.sessions())} rankings"
    return [
        Result(
            f"backtest, {size}", ours, "s", ours < LONGEST_SECONDS, alone / ours, "bt alone", f"< {LONGEST_SECONDS} s"
        ),
        Result(
            f"equity apart from bt's, at most, over {ledger.journal.height:,} entries",
            float(apart.max()),
            "A$",
            bool((apart <= allowed).all()),
            floor="half a cent an entry",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--symbols", type=int, default=SYMBOLS)
    parser.add_argument("--years", type=float, default=YEARS)
    given = parser.parse_args()
    for result in measure(given.symbols, given.years):
        print(result)


if __name__ == "__main__":
    main()
