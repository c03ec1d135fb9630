"""How far a portfolio can move: its present weights over the past, the portfolio as it was, and what it leans on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.ledger.transactions import Transaction
from asxos.domain.performance.returns import daily_returns
from asxos.domain.risk.concentration import Concentration, concentration, correlations, exposure
from asxos.domain.risk.funds import is_fund
from asxos.domain.risk.series import (
    LEAST_RETURNS,
    SESSIONS_A_YEAR,
    Drawdown,
    ExceptionTest,
    ValueAtRisk,
    beta,
    exception_test,
    max_drawdown,
    tracking_error,
    value_at_risk,
    volatility,
)
from asxos.features.portfolio.records import Portfolio
from asxos.features.portfolio.services.benchmarks import Benchmark, BenchmarkService
from asxos.features.portfolio.services.errors import NoHistory
from asxos.features.portfolio.services.histories import HistoryService
from asxos.features.portfolio.services.holdings import Holding, HoldingsService
from asxos.features.portfolio.services.ports import Prices

FloatArray = NDArray[np.float64]

LOOK_BACK = timedelta(days=3 * 365)
LEVELS = (0.95, 0.99)
ENOUGH_HISTORY = 250
"""Sessions; a holding with fewer is named."""
LEAST_COVER = 0.8
"""Of the value: the series begins when holdings of so much of it had begun to trade."""
LEAST_COMMON = 60
"""Sessions two holdings must share for a correlation."""
MOST_CORRELATED = 15


@dataclass(frozen=True)
class Tail:
    """Value at risk of one level, and how it would have done on the sessions before; None: too few of them."""

    value_at_risk: ValueAtRisk
    test: ExceptionTest | None


@dataclass(frozen=True)
class SeriesRisk:
    """One return series, each with dividends on their ex-dates; `reason`: why nothing is said.

    `beta` and `tracking_error` are of the `benchmark_returns` sessions that the benchmark has too; None: too few.
    `days`: of the start and of each return.
    """

    days: tuple[date, ...]
    volatility: float | None = None
    beta: float | None = None
    tracking_error: float | None = None
    tails: tuple[Tail, ...] = ()
    drawdown: Drawdown | None = None
    benchmark: Benchmark | None = None
    benchmark_returns: int = 0
    reason: str | None = None


@dataclass(frozen=True)
class Young:
    """A holding with little history: `sessions` with a return, and its weight now."""

    code: str
    sessions: int
    weight: float


@dataclass(frozen=True)
class Risk:
    """`weights`: of the value of holdings that have a price; `correlated`: the codes of the matrix's rows."""

    portfolio: Portfolio
    simulated: bool
    as_of: date | None
    weights: Mapping[str, float]
    present: SeriesRisk
    actual: SeriesRisk
    young: tuple[Young, ...]
    concentration: Concentration | None
    sectors: Mapping[str, float]
    currencies: Mapping[str, float]
    funds: Mapping[str, str]
    correlated: tuple[str, ...]
    correlations: FloatArray
    unpriced: tuple[str, ...]


@dataclass(frozen=True)
class _Market:
    """Returns of the present holdings, (n_days - 1, n_codes), NaN without a bar; the first day is a start."""

    days: list[date]
    returns: FloatArray


class RiskService:
    """Worked out at each call from return series, never across holdings of one day."""

    def __init__(
        self, holdings: HoldingsService, histories: HistoryService, benchmarks: BenchmarkService, *, prices: Prices
    ) -> None:
        self.holdings = holdings
        self.histories = histories
        self.benchmarks = benchmarks
        self.prices = prices

    async def assess(self, owner: str, id: int) -> Risk:
        """Over the last three years at the most. Raises: UnknownPortfolio."""
        valuation = await self.holdings.value(owner, id)
        held = [holding for holding in valuation.holdings if holding.value]
        worth = np.array([float(holding.value or 0) for holding in held])
        weights = worth / worth.sum() if held else worth
        market = await self._returns([holding.code for holding in held], valuation.as_of)
        known = np.isfinite(market.returns).sum(axis=0)
        top = np.argsort(-weights, kind="stable")[:MOST_CORRELATED]
        return Risk(
            portfolio=valuation.portfolio,
            simulated=valuation.simulated,
            as_of=valuation.as_of,
            weights={holding.code: float(weight) for holding, weight in zip(held, weights, strict=True)},
            present=await self._present(market, weights),
            actual=await self._actual(owner, id),
            young=tuple(
                Young(holding.code, int(sessions), float(weight))
                for holding, sessions, weight in zip(held, known, weights, strict=True)
                if sessions < ENOUGH_HISTORY
            ),
            concentration=concentration(weights),
            sectors=exposure(weights.tolist(), [_sector(holding) for holding in held]),
            currencies=await self._currencies(owner, id, held, weights),
            funds={h.code: h.price.name or h.code for h in held if h.price and is_fund(h.price.name)},
            correlated=tuple(held[place].code for place in top),
            correlations=correlations(market.returns[:, top], LEAST_COMMON),
            unpriced=tuple(valuation.unpriced),
        )

    async def _returns(self, codes: Sequence[str], as_of: date | None) -> _Market:
        if as_of is None or not codes:
            return _Market([], np.empty((0, len(codes))))
        days = await self.prices.sessions(as_of - LOOK_BACK, as_of)
        found = await self.prices.total_returns(codes, days[0], as_of)
        rows = pl.DataFrame({"session_date": days[1:], "row": range(len(days) - 1)}).join(found, on="session_date")
        returns = np.full((len(days) - 1, len(codes)), np.nan)
        returns[rows["row"].to_numpy(), rows["place"].to_numpy()] = rows["total_return"].to_numpy()
        return _Market(days, returns)

    async def _present(self, market: _Market, weights: FloatArray) -> SeriesRisk:
        """Today's weights held on every session, those that had begun to trade standing in for the rest."""
        begun = np.maximum.accumulate(np.isfinite(market.returns), axis=0)
        cover = begun @ weights
        covered = np.flatnonzero(cover >= LEAST_COVER)
        if not len(covered):
            return SeriesRisk((), reason=f"no session on which {LEAST_COVER:.0%} of the value had a return")
        first = int(covered[0])
        # No bar since the last one: it did not move.
        returns = np.nan_to_num(market.returns[first:]) @ weights / cover[first:]
        return await self._series(market.days[first:], returns)

    async def _actual(self, owner: str, id: int) -> SeriesRisk:
        """The portfolio as it was, from the first session of the period that it was held into."""
        try:
            past = await self.histories.past(owner, id)
        except NoHistory as reason:
            return SeriesRisk((), reason=str(reason))
        last = past.flows.days[-1]
        days = past.history.whole.between(last - LOOK_BACK, last)
        held = np.flatnonzero(days.value[:-1] > 0)
        if not len(held):
            return SeriesRisk((), reason="held since the latest session only")
        days = days.rows(int(held[0]), len(days.days))
        _, total, _ = daily_returns(days)
        return await self._series(list(days.days), total)

    async def _series(self, days: list[date], returns: FloatArray) -> SeriesRisk:
        if len(returns) < LEAST_RETURNS:
            return SeriesRisk(tuple(days), reason=f"{len(returns)} returns are too few; {LEAST_RETURNS} are needed")
        benchmark = await self._benchmark(days)
        market = benchmark.returns(days)
        both = np.isfinite(market)
        has_both = both.sum() >= LEAST_RETURNS
        return SeriesRisk(
            days=tuple(days),
            volatility=volatility(returns),
            beta=beta(returns[both], market[both]) if has_both else None,
            tracking_error=tracking_error(returns[both], market[both]) if has_both else None,
            tails=tuple(
                Tail(value_at_risk(returns, level), exception_test(returns, level))
                for level in LEVELS
                if len(returns) * (1 - level) >= 1 - 1e-9
            ),
            drawdown=max_drawdown(returns),
            benchmark=benchmark,
            benchmark_returns=int(both.sum()),
        )

    async def _benchmark(self, days: list[date]) -> Benchmark:
        """One that covers all of the series, else one that covers its last year."""
        found = await self.benchmarks.find(days[0], days[-1])
        if found.levels is not None or len(days) <= SESSIONS_A_YEAR:
            return found
        return await self.benchmarks.find(days[-SESSIONS_A_YEAR], days[-1])

    async def _currencies(
        self, owner: str, id: int, held: Sequence[Holding], weights: FloatArray
    ) -> Mapping[str, float]:
        lines = (await self.histories.ledgers.replayed(owner, id)).transactions
        latest = _currency_by_code(lines)
        return exposure(weights.tolist(), [latest.get(holding.code, "AUD") for holding in held])


def _sector(holding: Holding) -> str | None:
    return holding.price.sector if holding.price else None


def _currency_by_code(lines: Sequence[Transaction]) -> dict[str, str]:
    """What each code was last traded in."""
    return {line.code: line.currency for line in lines if line.code}
