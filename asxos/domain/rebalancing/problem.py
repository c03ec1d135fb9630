"""What a rebalancing has to go by: the shares that may be traded, the limits, and what risk is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from asxos.domain.costs import Tariff, half_spread
from asxos.domain.ledger.parcels import Parcel
from asxos.domain.tax.standing import Standing

FloatArray = NDArray[np.float64]

SESSIONS_A_YEAR = 252
FIRST_PURCHASE = 500.0
"""A$: the least first purchase of a code. Source: ASX."""


@dataclass(frozen=True)
class Share:
    """One code that may be traded.

    `price`: A$, the latest close. `turnover`: A$ a day, the median of 20 sessions. `volatility`: of daily returns.
    `expected`: return over the horizon beyond the median share's, a fraction. `parcels`: those that may be sold.
    `units` held, those of other parcels included.
    """

    code: str
    price: float
    turnover: float
    volatility: float
    units: float = 0.0
    parcels: tuple[Parcel, ...] = ()
    sector: str | None = None
    expected: float = 0.0

    @property
    def value(self) -> float:
        return self.units * self.price

    @property
    def half_spread(self) -> float:
        """A fraction of the price."""
        return float(half_spread(self.price, self.turnover))

    @property
    def impact(self) -> float:
        """A$ by which an order of A$1 moves its own price: an order of `v` costs `impact` x v ** 1.5."""
        return self.volatility / float(np.sqrt(self.turnover))


@dataclass(frozen=True)
class Limits:
    """Fractions of the portfolio's value, cash included; None is no limit.

    `turnover`: half of all that is bought and sold. `min_benefit` (A$) and `min_benefit_share` (a fraction of the
    value): what less is worth is not done.
    """

    turnover: float | None = None
    position: float | None = None
    sector: float | None = None
    min_benefit: float = 0.0
    min_benefit_share: float = 0.0


NO_LIMITS = Limits()


@dataclass(frozen=True)
class Problem:
    """Everything that decides the orders.

    `target`: weights that risk is measured from, shape (n_shares,), their sum at most 1. `covariance`: of yearly
    returns, shape (n_shares, n_shares). `cash`: A$ that may be spent. `rate`: of tax on gains, a fraction.
    `risk_aversion`: a variance of 1 a year costs half of it, as a fraction of the value. `years`: over which risk and
    expected returns are counted.
    """

    shares: Sequence[Share]
    target: FloatArray
    covariance: FloatArray
    cash: float
    tariff: Tariff
    standing: Standing
    rate: float
    on: date
    limits: Limits
    risk_aversion: float
    years: float

    @property
    def values(self) -> FloatArray:
        """A$ held of each share."""
        return np.array([share.value for share in self.shares])

    @property
    def total(self) -> float:
        """A$, cash included."""
        return float(self.values.sum()) + self.cash

    @property
    def sectors(self) -> Mapping[str, list[int]]:
        """Places of the shares of each known sector."""
        found: dict[str, list[int]] = {}
        for place, share in enumerate(self.shares):
            if share.sector is not None:
                found.setdefault(share.sector, []).append(place)
        return found

    def risk(self, values: FloatArray) -> float:
        """A$ that being away from the target costs, `values` A$ of each share."""
        away = values - self.target * self.total
        return self.risk_aversion * self.years / 2 / self.total * float(away @ self.covariance @ away)

    def worth(self, values: FloatArray) -> float:
        """A$ of expected return less the cost of risk."""
        return float(np.array([share.expected for share in self.shares]) @ values) - self.risk(values)
