"""What a portfolio earned, as JSON. Returns are fractions; each says by which method it was reached."""

from collections.abc import Iterable
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from asxos.core.amounts import Money
from asxos.domain.money import cents, exact
from asxos.domain.performance.history import Gap
from asxos.domain.performance.returns import Days
from asxos.domain.performance.unrecorded import Unrecorded
from asxos.domain.risk.series import Drawdown
from asxos.features.portfolio.schemas.portfolios import PortfolioOut
from asxos.features.portfolio.services.benchmarks import Benchmark
from asxos.features.portfolio.services.performance import Amounts, HoldingPerformance, Measured, Performance

SCOPE = (
    "Shares only: cash, its interest and account fees are left out. Values are closes as traded; income counts on its"
    " ex-date; units that came in without a trade (opening balances) count from the close of their day."
)
DRAWDOWN = "the deepest fall of the time-weighted value with income from an earlier high"


class AmountsOut(BaseModel):
    """A$: `end` = `start` + `paid_in` - `paid_out` + `price_gain`, to the cent; `franking`: the credits."""

    start: Money
    end: Money
    paid_in: Money
    paid_out: Money
    price_gain: Money
    income: Money
    franking: Money

    @classmethod
    def of(cls, amounts: Amounts) -> Self:
        parts = {name: cents(exact(getattr(amounts, name))) for name in cls.model_fields if name != "price_gain"}
        gain = parts["end"] - parts["start"] + parts["paid_out"] - parts["paid_in"]
        return cls(**parts, price_gain=gain)


class TimeWeightedOut(BaseModel):
    """`total` = `price` + `income`; `with_franking` = `total` + `franking`; `annualised`: null for less than a year."""

    price: float
    income: float
    franking: float
    total: float
    with_franking: float
    annualised: float | None
    annualised_with_franking: float | None
    method: str

    @classmethod
    def of(cls, measured: Measured) -> Self:
        found = measured.by_time
        return cls(
            price=found.price,
            income=found.total - found.price,
            franking=found.with_franking - found.total,
            total=found.total,
            with_franking=found.with_franking,
            annualised=measured.yearly(found.total),
            annualised_with_franking=measured.yearly(found.with_franking),
            method=found.method,
        )


class MoneyWeightedOut(BaseModel):
    """`total`: over the period; `annualised`: null for less than a year; `reason`: why there is no rate."""

    total: float | None
    annualised: float | None
    reason: str | None
    method: str

    @classmethod
    def of(cls, measured: Measured) -> Self:
        found = measured.by_money
        return cls(
            total=measured.money_total,
            annualised=measured.yearly_by_money,
            reason=found.reason,
            method=found.method,
        )


class MeasuredOut(BaseModel):
    """From the close of `first` to that of `last`."""

    first: date
    last: date
    amounts: AmountsOut
    time_weighted: TimeWeightedOut
    money_weighted: MoneyWeightedOut

    @classmethod
    def of(cls, measured: Measured) -> Self:
        return cls(
            first=measured.first,
            last=measured.last,
            amounts=AmountsOut.of(measured.amounts),
            time_weighted=TimeWeightedOut.of(measured),
            money_weighted=MoneyWeightedOut.of(measured),
        )


class HoldingPerformanceOut(MeasuredOut):
    """One code over the part of the period in which it was held; `is_held`: at its end still."""

    code: str
    is_held: bool

    @classmethod
    def of_holding(cls, holding: HoldingPerformance) -> Self:
        return cls(code=holding.code, is_held=holding.is_held, **dict(MeasuredOut.of(holding.measured)))


class DrawdownOut(BaseModel):
    """`depth`: a fraction <= 0; `recovered`: null while below the high."""

    depth: float
    peak: date
    trough: date
    recovered: date | None
    method: str = DRAWDOWN

    @classmethod
    def of(cls, drawdown: Drawdown, days: tuple[date, ...]) -> Self:
        recovered = None if drawdown.recovered is None else days[drawdown.recovered]
        return cls(depth=drawdown.depth, peak=days[drawdown.peak], trough=days[drawdown.trough], recovered=recovered)


class BenchmarkOut(BaseModel):
    """The index with dividends over the same period; nulls and the `reason` where there is none.

    `until`: of its last level, which may be up to a week before the period's end.
    """

    name: str | None
    until: date | None
    total: float | None
    annualised: float | None
    difference: float | None
    method: str | None
    reason: str | None

    @classmethod
    def of(cls, benchmark: Benchmark, total: float | None, measured: Measured) -> Self:
        return cls(
            name=benchmark.name,
            until=benchmark.until(measured.last),
            total=total,
            annualised=None if total is None else measured.yearly(total),
            difference=None if total is None else measured.by_time.total - total,
            method=benchmark.method,
            reason=benchmark.reason,
        )


class CarriedOut(BaseModel):
    """Sessions of the period without a bar, valued at the close before; `last_close`: the latest that was carried."""

    code: str
    sessions: int
    last_close: date

    @classmethod
    def of(cls, gap: Gap) -> Self:
        return cls(code=gap.code, sessions=gap.sessions, last_close=gap.close_of)


class UnpricedOut(BaseModel):
    """Sessions on which a code was held before its first known price, and so was in no figure."""

    code: str
    sessions: int


class UnrecordedOut(BaseModel):
    """A dividend the market knows of, on the units held into its ex-date, that the ledger lacks: in no figure."""

    code: str
    ex_date: date
    amount: Money

    @classmethod
    def of(cls, missed: Unrecorded) -> Self:
        return cls(code=missed.code, ex_date=missed.ex_date, amount=exact(missed.amount))


class SeriesOut(BaseModel):
    """Day by day, columns of one length: A$ as strings; `index`: a dollar left in, income included."""

    days: list[date]
    value: list[str]
    paid_in: list[str]
    paid_out: list[str]
    income: list[str]
    franking: list[str]
    index: list[float]

    @classmethod
    def of(cls, days: Days, index: list[float]) -> Self:
        columns = {
            name: _written(getattr(days, name)) for name in ("value", "paid_in", "paid_out", "income", "franking")
        }
        return cls(days=list(days.days), index=index, **columns)


class PerformanceOut(BaseModel):
    """A portfolio over a period, and each holding, those since sold among them."""

    portfolio: PortfolioOut
    simulated: bool
    whole: MeasuredOut
    drawdown: DrawdownOut
    benchmark: BenchmarkOut
    holdings: list[HoldingPerformanceOut]
    carried: list[CarriedOut]
    unpriced: list[UnpricedOut]
    unrecorded_dividends: list[UnrecordedOut]
    account_fees: Money
    notes: list[str]
    scope: str = SCOPE
    series: SeriesOut

    @classmethod
    def of(cls, found: Performance) -> Self:
        return cls(
            portfolio=PortfolioOut.of(found.portfolio),
            simulated=found.simulated,
            whole=MeasuredOut.of(found.whole),
            drawdown=DrawdownOut.of(found.drawdown, found.days.days),
            benchmark=BenchmarkOut.of(found.benchmark, found.benchmark_total, found.whole),
            holdings=[HoldingPerformanceOut.of_holding(holding) for holding in found.holdings],
            carried=[CarriedOut.of(gap) for gap in found.gaps],
            unpriced=[UnpricedOut(code=code, sessions=sessions) for code, sessions in found.unpriced.items()],
            unrecorded_dividends=[UnrecordedOut.of(missed) for missed in found.unrecorded],
            account_fees=exact(found.fees),
            notes=list(_notes(found)),
            series=SeriesOut.of(found.days, found.index),
        )


def _notes(found: Performance) -> Iterable[str]:
    if found.late_lines:
        yield f"{found.late_lines} lines are later than the latest prices and not in it yet"
    if found.unrecorded:
        lost = sum(missed.amount for missed in found.unrecorded)
        yield f"{len(found.unrecorded)} dividends that went ex while held are not in the ledger, A${lost:,.2f} in all"
    if found.estimated:
        yield f"{found.estimated} dividends have their ex-date or franking from the market, not from a statement"


def _written(amounts: NDArray[np.float64]) -> list[str]:
    return [f"{amount:.2f}" for amount in (amounts + 0.0).tolist()]
