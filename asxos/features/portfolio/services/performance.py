"""What a portfolio and each of its holdings earned, by time and by money, in price, income and franking."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from asxos.domain.performance.history import Gap
from asxos.domain.performance.returns import (
    DAYS_A_YEAR,
    Days,
    MoneyWeighted,
    TimeWeighted,
    annualised,
    daily_returns,
    money_weighted,
    time_weighted,
    times_weighted,
)
from asxos.domain.performance.unrecorded import Unrecorded
from asxos.domain.risk.series import Drawdown, max_drawdown
from asxos.features.portfolio.records import Portfolio
from asxos.features.portfolio.services.benchmarks import Benchmark, BenchmarkService
from asxos.features.portfolio.services.errors import EmptyPeriod, NoHistory
from asxos.features.portfolio.services.histories import HistoryService, Past
from asxos.features.portfolio.services.ports import Prices


@dataclass(frozen=True)
class Amounts:
    """A$ of a period: values at its ends, what was bought and sold for in between, and what it earned.

    The parts add up: `end` = `start` + `paid_in` - `paid_out` + `price_gain`.
    """

    start: float
    end: float
    paid_in: float
    paid_out: float
    income: float
    franking: float

    @property
    def price_gain(self) -> float:
        return self.end - self.start + self.paid_out - self.paid_in


@dataclass(frozen=True)
class Measured:
    """One series over a period: the closes of `first` (the start) and `last`."""

    first: date
    last: date
    amounts: Amounts
    by_time: TimeWeighted
    by_money: MoneyWeighted

    @property
    def years(self) -> float:
        return (self.last - self.first).days / DAYS_A_YEAR

    @property
    def money_total(self) -> float | None:
        """The money-weighted rate over the period itself, for one shorter than a year says no more than that."""
        return None if self.by_money.rate is None else (1 + self.by_money.rate) ** self.years - 1

    @property
    def yearly_by_money(self) -> float | None:
        return self.by_money.rate if self.years >= 1 else None

    def yearly(self, total: float) -> float | None:
        return annualised(total, self.first, self.last)


@dataclass(frozen=True)
class HoldingPerformance:
    """One code, `measured` over the part of the period in which it was held."""

    code: str
    is_held: bool
    measured: Measured


@dataclass(frozen=True)
class Performance:
    """A portfolio over a period. `index`: the value of a dollar left in, income included, at each close."""

    portfolio: Portfolio
    simulated: bool
    whole: Measured
    days: Days
    index: list[float]
    drawdown: Drawdown
    holdings: tuple[HoldingPerformance, ...]
    benchmark: Benchmark
    benchmark_total: float | None
    gaps: tuple[Gap, ...]
    unpriced: dict[str, int]
    unrecorded: tuple[Unrecorded, ...]
    late_lines: int
    estimated: int
    fees: float


class PerformanceService:
    """Measured anew at each call; shares only: cash, its interest and account fees are left out of every return."""

    def __init__(self, histories: HistoryService, benchmarks: BenchmarkService, *, prices: Prices) -> None:
        self.histories = histories
        self.benchmarks = benchmarks
        self.prices = prices

    async def measure(self, owner: str, id: int, first: date | None = None, last: date | None = None) -> Performance:
        """From the open of `first` (default: the first line) to the close of `last` (default: the latest session).

        Raises: UnknownPortfolio; NoHistory; EmptyPeriod: `first` is after `last`.
        """
        past = await self.histories.past(owner, id)
        if first and last and first > last:
            raise EmptyPeriod(first, last)
        begin, end = max(first or past.begun, past.begun), last or past.flows.days[-1]
        days = past.history.whole.between(begin, end)
        if len(days.days) < 2:
            raise NoHistory(f"{past.portfolio.name!r} has no session with prices from {begin} to {end}")
        start, close = days.days[0], days.days[-1]
        benchmark = await self.benchmarks.find(start, close)
        _, total, _ = daily_returns(days)
        return Performance(
            portfolio=past.portfolio,
            simulated=await self.prices.data_is_simulated(),
            whole=_measured(days, time_weighted(days)),
            days=days,
            index=[1.0, *np.cumprod(1 + total).tolist()],
            drawdown=max_drawdown(total),
            holdings=tuple(await asyncio.to_thread(_holdings, past, begin, end)),
            benchmark=benchmark,
            benchmark_total=benchmark.total(start, close),
            gaps=tuple(past.history.gaps(begin, end)),
            unpriced=past.history.unpriced(begin, end),
            unrecorded=tuple(missed for missed in past.unrecorded if begin <= missed.ex_date <= end),
            late_lines=past.flows.late,
            estimated=past.estimated,
            fees=sum(
                fee for day, fee in zip(past.flows.days, past.flows.fees.tolist(), strict=True) if begin <= day <= end
            ),
        )


def _holdings(past: Past, begin: date, end: date) -> list[HoldingPerformance]:
    held = past.history.held.between(begin, end)
    touched = (held.value > 0).any(axis=0) | (held.paid_in[1:] > 0).any(axis=0)
    by_time = times_weighted(held)
    return [
        HoldingPerformance(
            past.history.codes[place], bool(held.value[-1, place]), _of_code(held.of(place), by_time[place])
        )
        for place in np.flatnonzero(touched).tolist()
    ]


def _of_code(days: Days, by_time: TimeWeighted) -> Measured:
    """Over the days from the one before its first to the last that it was held into."""
    moved = np.flatnonzero((days.value > 0) | (days.paid_in > 0) | (days.paid_out > 0) | (days.income > 0))
    return _measured(days.rows(max(int(moved[0]) - 1, 0), int(moved[-1]) + 1), by_time)


def _measured(days: Days, by_time: TimeWeighted) -> Measured:
    sums: Sequence[float] = [
        float(values[1:].sum()) for values in (days.paid_in, days.paid_out, days.income, days.franking)
    ]
    amounts = Amounts(float(days.value[0]), float(days.value[-1]), *sums)
    return Measured(days.days[0], days.days[-1], amounts, by_time, money_weighted(days.flows))
