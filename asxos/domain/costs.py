"""What a trade costs: the broker's tariff, half of the spread, and the price it moves; all A$, GST included.

Two parts are measured or published and dated, one is a rule of thumb:

- brokerage: each broker's published tariff, gathered in November 2026. A past date pays the tariff of its day where
  one is stored, else the oldest one stored: what somebody who trades the signals now would pay.
- half spread: the mean for a share of that turnover, at least half a tick, fitted to 440,375 closing quotes of the ASX
  300 from October 2009 to December 2015 (`python -m benchmarks.costs`); in basis points, by turnover in A$m a day:

      turnover   0.25 to 0.5   0.5 to 1   1 to 2.5   2.5 to 5   5 to 10   10 to 25   25 to 100   above
      median            75.5       62.1       44.1       34.1      27.5       21.1        14.1     6.2
      mean              96.6       80.2       62.9       50.3      40.8       30.3        19.9     8.5
      model            100.7       81.5       61.2       47.0      37.1       28.9        20.7    13.3

- impact: one day's turnover costs one day's volatility, by the square root of the order's share of it (Grinold and
  Kahn 2000, ch. 16). Almgren, Thum, Hauptmann and Li (2005) measured the power 0.6 for orders worked over hours; ours
  go to the opening auction at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

# Fitted to the quotes by gamma likelihood, which weighs a relative error alike in every size of share.
SPREAD_AT_A_MILLION = 0.0068
SPREAD_POWER = -0.320

# The median over 935 shares with a close of $0.20 and A$250k a day or more, 2010 to March 2025 (shared panel).
DAILY_VOLATILITY = 0.0265


class Broker(StrEnum):
    COMMSEC = "commsec"
    CMC = "cmc"
    SELFWEALTH = "selfwealth"
    STAKE = "stake"
    PEARLER = "pearler"


@dataclass(frozen=True, slots=True)
class Tier:
    """Orders up to `up_to` A$ (inclusive) pay `flat` A$ or `rate` of their value, whichever is more."""

    up_to: float
    flat: float = 0.0
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Tariff:
    """A broker's tariff from `valid_from` on; `first_buy_free_to`: what a day's first buy of a code may cost free."""

    broker: Broker
    name: str
    valid_from: date
    tiers: tuple[Tier, ...]
    first_buy_free_to: float = 0.0

    def brokerage(self, value: ArrayLike, is_buy: ArrayLike = False) -> FloatArray:
        """A$ to the cent for orders of `value` A$; 0 for no order, NaN for NaN. A buy is its code's first that day."""
        values = np.asarray(value, np.float64)
        tier = np.searchsorted([tier.up_to for tier in self.tiers], values).clip(max=len(self.tiers) - 1)
        flat = np.array([tier.flat for tier in self.tiers])[tier]
        rate = np.array([tier.rate for tier in self.tiers])[tier]
        fee = np.maximum(flat, np.round(rate * values, 2))
        is_free = (values == 0) | (np.asarray(is_buy, np.bool_) & (values <= self.first_buy_free_to))
        return np.where(is_free, 0.0, fee)


_GATHERED = date(2026, 11, 1)

TARIFFS = (
    Tariff(
        Broker.COMMSEC,
        "CommSec CDIA",
        _GATHERED,
        (Tier(1_000, 5.0), Tier(3_000, 10.0), Tier(10_000, 19.95), Tier(25_000, 29.95), Tier(inf, rate=0.0012)),
    ),
    Tariff(Broker.CMC, "CMC Invest", _GATHERED, (Tier(inf, 11.0, 0.0010),), first_buy_free_to=1_000.0),
    # Not checked again when gathered; for Stake above $30,000 its published 0.01 %.
    Tariff(Broker.SELFWEALTH, "SelfWealth", _GATHERED, (Tier(inf, 9.50),)),
    Tariff(Broker.STAKE, "Stake", _GATHERED, (Tier(30_000, 3.0), Tier(inf, 3.0, 0.0001))),
    Tariff(Broker.PEARLER, "Pearler", _GATHERED, (Tier(inf, 6.50),)),
)
"""Sources: the brokers' price lists. A new price list is a new row, never an edited one."""


def tariff_of(broker: Broker = Broker.COMMSEC, on: date | None = None, tariffs: Sequence[Tariff] = TARIFFS) -> Tariff:
    """The tariff of a broker in force on a date (default: the newest)."""
    found = sorted((t for t in tariffs if t.broker == broker), key=lambda t: t.valid_from)
    return next((t for t in reversed(found) if on is None or t.valid_from <= on), found[0])


def tick(price: ArrayLike) -> FloatArray:
    """The smallest step of a price as traded, A$. Source: ASX Operating Rules (under $0.10, $2.00, above)."""
    prices = np.asarray(price, np.float64)
    return np.where(prices < 0.10, 0.001, np.where(prices < 2.00, 0.005, 0.01))


def half_spread(close: ArrayLike, turnover: ArrayLike) -> FloatArray:
    """What crossing half of the spread costs, as a fraction of the price.

    Args: close: A$ as traded. turnover: A$ a day, the median of 20 sessions. NaN where either is missing or not > 0.
    """
    prices, traded = _positive(close), _positive(turnover)
    return np.maximum(tick(prices) / prices / 2, SPREAD_AT_A_MILLION * (traded / 1e6) ** SPREAD_POWER)


def impact(value: ArrayLike, turnover: ArrayLike, volatility: ArrayLike = DAILY_VOLATILITY) -> FloatArray:
    """How far an order of `value` A$ moves its own price, as a fraction; NaN where turnover is missing or not above 0.

    Args: turnover: A$ a day. volatility: standard deviation of daily returns, a fraction.
    """
    return np.asarray(volatility, np.float64) * np.sqrt(np.asarray(value, np.float64) / _positive(turnover))


def round_trip_cost(
    close: ArrayLike, turnover: ArrayLike, value: ArrayLike = 10_000.0, tariff: Tariff | None = None
) -> FloatArray:
    """What buying and later selling an order of `value` A$ costs, as a fraction of it.

    Args: close: A$ as traded. turnover: A$ a day, the median of 20 sessions. tariff: default CommSec's newest.
    NaN where a share's price or turnover is missing or not above 0.
    """
    tariff = tariff or tariff_of()
    brokerage = tariff.brokerage(value, is_buy=True) + tariff.brokerage(value)
    return brokerage / np.asarray(value, np.float64) + 2 * (half_spread(close, turnover) + impact(value, turnover))


def _positive(values: Any) -> FloatArray:
    array = np.asarray(values, np.float64)
    return np.where(array > 0, array, np.nan)
