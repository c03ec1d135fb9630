"""The shares of a simulated market: what each is like and when it is listed, before any price is made."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from asxos.domain.simulation.signal import Floats

YEAR = 252
FOUNDING_SHARE = 0.7
DELISTED_A_YEAR = 0.035
FAILS = 0.4
SHORTEST_LIFE = 300
"""Sessions; a share that came and went within less would never have a signal."""
PAYERS = 0.7
YIELD_FROM, YIELD_TO = 0.02, 0.06
FRANKED = (1.0, 1.0, 1.0, 0.5, 0.0)
HALF_YEAR = YEAR // 2

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Population:
    """One entry a share. Volatilities are daily and of log returns, `turnover` is A$ a day, sessions are 0-based."""

    sector: Ints
    volatility: Floats
    beta: Floats
    first_price: Floats
    turnover: Floats
    listed: Ints
    delisted: Ints
    """The session after the last one; the number of sessions where the share is still listed at the end."""
    fails: NDArray[np.bool_]
    dividend_yield: Floats
    franked: Floats
    ex_phase: Ints
    """The place within each half-year at which a payer goes ex dividend."""
    split_above: Floats
    consolidate_below: Floats


def found(rng: Generator, shares: int, sessions: int, sectors: int) -> Population:
    """`shares` companies: 70 % listed from the start, 3.5 % a year delisted, 40 % of these by failure."""
    volatility = np.clip(rng.lognormal(np.log(0.022), 0.4, shares), 0.009, 0.05)
    calm = np.log(0.022 / volatility)
    listed, delisted = _lives(rng, shares, sessions)
    pays = (calm > 0) & (rng.random(shares) < PAYERS)
    return Population(
        sector=rng.integers(0, sectors, shares),
        volatility=volatility,
        beta=np.clip(volatility / 0.022, 0.5, 1.8) * rng.normal(0.9, 0.2, shares),
        first_price=np.clip(rng.lognormal(np.log(2.0) + calm, 1.0, shares), 0.05, 90.0),
        turnover=rng.lognormal(np.log(900_000) + 1.5 * calm, 1.6, shares),
        listed=listed,
        delisted=delisted,
        fails=rng.random(shares) < FAILS,
        dividend_yield=np.where(pays, rng.uniform(YIELD_FROM, YIELD_TO, shares), 0.0),
        franked=rng.choice(FRANKED, shares),
        ex_phase=rng.integers(0, HALF_YEAR, shares),
        split_above=rng.uniform(60.0, 200.0, shares),
        consolidate_below=rng.uniform(0.01, 0.05, shares),
    )


def _lives(rng: Generator, shares: int, sessions: int) -> tuple[Ints, Ints]:
    """First session and the session after the last one of every share."""
    later = rng.integers(1, max(sessions - 60, 2), shares)
    listed = np.where(rng.random(shares) < FOUNDING_SHARE, 0, later)
    life = SHORTEST_LIFE + rng.exponential(YEAR / DELISTED_A_YEAR, shares).astype(np.int64)
    return listed, np.minimum(listed + life, sessions)
