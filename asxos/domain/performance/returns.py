"""Time-weighted and money-weighted returns; every figure says by which method it was reached."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from pyxirr import InvalidPaymentsError, xirr

FloatArray = NDArray[np.float64]

DAYS_A_YEAR = 365.0
_RATES = np.concatenate([np.linspace(-0.99, 1, 200), np.geomspace(1.01, 1e4, 100)])


@dataclass(frozen=True)
class Days:
    """A portfolio, shape (n_days,), or its holdings, (n_days, n_holdings), day by day, A$; the first is the start.

    `value`: at the close; `paid_in`: purchases and their costs; `paid_out`: proceeds after costs; `income`: dividends
    that went ex; `franking`: their credits.
    """

    days: tuple[date, ...]
    value: FloatArray
    paid_in: FloatArray
    paid_out: FloatArray
    income: FloatArray
    franking: FloatArray

    def between(self, first: date, last: date) -> "Days":
        """The days of a period with the close before it as the start."""
        return self.rows(max(bisect_left(self.days, first) - 1, 0), bisect_right(self.days, last))

    def rows(self, begin: int, end: int) -> "Days":
        """The days from place `begin` until before `end`."""
        return self._each(lambda values: values[begin:end], self.days[begin:end])

    def of(self, place: int) -> "Days":
        """One holding's days."""
        return self._each(lambda values: values[:, place])

    def summed(self) -> "Days":
        """All holdings as one."""
        return self._each(lambda values: values.sum(axis=1))

    def _each(self, change: Callable[[FloatArray], FloatArray], days: tuple[date, ...] | None = None) -> "Days":
        columns = (self.value, self.paid_in, self.paid_out, self.income, self.franking)
        return Days(self.days if days is None else days, *map(change, columns))

    @property
    def flows(self) -> list[tuple[date, float]]:
        """What moved as its owner sees it: paid in below zero, got out and what is left at the end above."""
        moved = self.paid_out + self.income - self.paid_in
        moved[0] = -self.value[0]
        moved[-1] += self.value[-1]
        return [(self.days[place], float(moved[place])) for place in np.flatnonzero(moved).tolist()]


@dataclass(frozen=True)
class TimeWeighted:
    """Chained daily returns, fractions: of price, with income, and with income and franking credits."""

    price: float
    total: float
    with_franking: float
    method: str = "time-weighted: daily returns chained; money in counts from the open, money out until the close"


def daily_returns(days: Days) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Price, total and grossed-up return of each day after the first; 0 where nothing was held; one row less."""
    base = days.value[:-1] + days.paid_in[1:]
    price_gain = days.value[1:] + days.paid_out[1:] - base
    held = base > 0
    safe = np.where(held, base, 1.0)
    gains = (price_gain, price_gain + days.income[1:], price_gain + days.income[1:] + days.franking[1:])
    price, total, grossed = (np.where(held, gain / safe, 0.0) for gain in gains)
    return price, total, grossed


def time_weighted(days: Days) -> TimeWeighted:
    """The return of a dollar left in from the first close to the last, whatever came in or out meanwhile."""
    price, total, grossed = (float(np.prod(1.0 + returns) - 1.0) for returns in daily_returns(days))
    return TimeWeighted(price, total, grossed)


def times_weighted(days: Days) -> list[TimeWeighted]:
    """The same of each holding."""
    chained = [np.prod(1.0 + returns, axis=0) - 1.0 for returns in daily_returns(days)]
    return [TimeWeighted(*found) for found in zip(*(values.tolist() for values in chained), strict=True)]


@dataclass(frozen=True)
class MoneyWeighted:
    """The yearly rate at which all flows balance, a fraction; None, with the reason, when there is not exactly one."""

    rate: float | None
    reason: str | None = None
    method: str = "money-weighted: internal rate of return a year over 365 days, each flow at its own date"


def money_weighted(flows: Sequence[tuple[date, float]]) -> MoneyWeighted:
    """The rate of flows seen from the investor: below zero what was put in, above zero what came back or is held."""
    moved = [(day, amount) for day, amount in flows if amount]
    if not any(amount < 0 for _, amount in moved) or not any(amount > 0 for _, amount in moved):
        return MoneyWeighted(None, "money moved one way only")
    days, amounts = [day for day, _ in moved], [amount for _, amount in moved]
    if len(set(days)) == 1:
        return MoneyWeighted(None, "all money moved on one day")
    roots = _sign_changes(days, np.array(amounts))
    if roots > 1:
        return MoneyWeighted(None, f"{roots} rates balance these flows")
    try:
        rate = xirr(days, amounts)
    except InvalidPaymentsError as error:
        return MoneyWeighted(None, str(error))
    if rate is None or not math.isfinite(rate):
        return MoneyWeighted(None, "no rate balances these flows")
    return MoneyWeighted(rate)


def _sign_changes(days: Sequence[date], amounts: FloatArray) -> int:
    """How often the net present value crosses zero over all rates that a portfolio could have."""
    first = min(days)
    years = np.array([(day - first).days for day in days]) / DAYS_A_YEAR
    values = np.exp(-np.log1p(_RATES)[:, None] * years) @ amounts
    signs = np.sign(values[values != 0])
    return int(np.sum(signs[1:] != signs[:-1]))


def annualised(total: float, first: date, last: date) -> float | None:
    """A period's return as a yearly rate; None for less than a year, where it would be a forecast."""
    years = (last - first).days / DAYS_A_YEAR
    return (1 + total) ** (1 / years) - 1 if years >= 1 and total > -1 else None
