"""A run with everything that is told of it: benchmarks in the same sessions, what it came to, what it assumed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.backtest.baskets import Basket, basket_returns
from asxos.domain.backtest.engine import run
from asxos.domain.backtest.ledger import Ledger
from asxos.domain.backtest.market import Market
from asxos.domain.backtest.performance import Performance, Relative, performance, relative
from asxos.domain.backtest.rankings import Rankings
from asxos.domain.backtest.rules import Rules
from asxos.domain.backtest.trading import Trading, trading
from asxos.domain.labels import forward_return
from asxos.domain.validation.rank_ic import rank_ic_by_session

FloatArray = NDArray[np.float64]

STRATEGY, PRICE, FRANKED = "strategy", "strategy_price", "strategy_franked"
EQUAL, TURNOVER = "equal_weight", "turnover_weight"
DELISTING_RETURNS = (0.0, -0.3, -1.0)


@dataclass(frozen=True, eq=False)
class Study:
    """`returns`: daily total returns by name, of the strategy (also by price only, and with franking credits), of each
    benchmark; the first session's are 0. `performance`: of each of them. `relative`: the strategy's to each benchmark.
    `ics`: `session_date, ic` of each ranking. `delisting`: the compound return by assumed delisting return.
    """

    rules: Rules
    market: Market
    rankings: Rankings
    ledger: Ledger
    days: NDArray[np.datetime64]
    returns: Mapping[str, FloatArray]
    performance: Mapping[str, Performance]
    relative: Mapping[str, Relative]
    trading: Trading
    ics: pl.DataFrame
    delisting: Mapping[float, float]


def study(
    market: Market,
    rankings: Rankings,
    rules: Rules,
    last: date | None,
    *,
    indices: Mapping[str, pl.DataFrame],
    ics: pl.DataFrame,
) -> Study:
    """Run the rules and measure the run. Raises: NothingRanked.

    Args: indices: `session_date, level` of total return indices by name, of which the first that reaches over the whole
    run is taken. ics: of `information`.
    """
    ledger = run(market, rankings, rules, last)
    end = ledger.first + len(ledger.equity) - 1
    days = market.days[ledger.first : end + 1]
    resets = [session for session in rankings.due(rules.every) if session < end]
    benchmarks = {
        name: basket_returns(market, rankings, resets, end, basket=basket, delisting_return=rules.delisting_return)
        for name, basket in ((EQUAL, Basket.EQUAL), (TURNOVER, Basket.TURNOVER))
    }
    reaching = ((name, found) for name, of in indices.items() if (found := index_returns(of, days)) is not None)
    benchmarks |= dict(islice(reaching, 1))
    own = {STRATEGY: ledger.returns, PRICE: ledger.price_returns, FRANKED: ledger.franked_returns}
    performances = {name: performance(of[1:]) for name, of in (own | benchmarks).items()}
    strategy = performances[STRATEGY]
    return Study(
        rules=rules,
        market=market,
        rankings=rankings,
        ledger=ledger,
        days=days,
        returns=own | benchmarks,
        performance=performances,
        relative={name: relative(ledger.returns[1:], of[1:]) for name, of in benchmarks.items()},
        trading=trading(ledger, performances[EQUAL].cagr, strategy.cagr),
        ics=ics,
        delisting={assumed: _cagr_if(assumed, market, rankings, rules, last) for assumed in DELISTING_RETURNS},
    )


def index_returns(levels: pl.DataFrame, days: NDArray[np.datetime64]) -> FloatArray | None:
    """Daily returns of an index on some days, the first 0; None where it does not reach from the first to the last.

    Args: levels: `session_date, level`, sorted. A day without a level has the one before it.
    """
    asked = pl.DataFrame({"session_date": pl.Series(days).cast(pl.Date)})
    if levels.is_empty() or levels["session_date"][0] > asked["session_date"][0]:
        return None
    if levels["session_date"][-1] < asked["session_date"][-1]:
        return None
    level = asked.join_asof(levels, on="session_date")["level"].to_numpy()
    return np.append(0.0, level[1:] / level[:-1] - 1)


def information(panel: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """`session_date, ic`: rank IC of each ranking with the return from the next open over the models' horizon.

    Args: panel: of the market service. ranked: `session_date, security_id, score`.
    """
    followed = panel.select("session_date", "security_id").with_columns(followed=pl.Series(forward_return(panel)))
    table = ranked.join(followed, on=["session_date", "security_id"])
    days = table["session_date"].to_physical().to_numpy().astype(np.int64)
    found = rank_ic_by_session(table["score"].to_numpy(), table["followed"].to_numpy(), days)
    return found.select(pl.col("session").cast(pl.Int32).cast(pl.Date).alias("session_date"), "ic")


def _cagr_if(assumed: float, market: Market, rankings: Rankings, rules: Rules, last: date | None) -> float:
    ledger = run(market, rankings, replace(rules, delisting_return=assumed), last)
    return performance(ledger.returns[1:]).cagr
