"""The daily log returns of every simulated share, session by session, since the drift depends on what came before."""

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from asxos.domain.simulation.population import HALF_YEAR, YEAR, Population
from asxos.domain.simulation.signal import Floats, History, drift_per_score, plant, planted_signal

MARKET_VOLATILITY, SECTOR_VOLATILITY = 0.007, 0.004
MARKET_DRIFT = 0.0002
TAIL = 4
"""Degrees of freedom of the t distribution that single shares' returns follow."""
CLUSTERING, SPREAD = 0.97, 0.4
"""Memory from one session to the next and long-run spread of log volatility."""
DECLINE_SESSIONS, DECLINE = 60, -0.6
"""A failing share loses 0.6 daily volatilities a session before its end."""
BID_SESSIONS, BID_PREMIUM, CALM_AFTER_BID = 50, 0.28, 0.2
SPLIT_TARGET, CONSOLIDATED_TARGET = 15.0, 0.5
RATIOS = np.array([2.0, 3.0, 4.0, 5.0, 10.0])
CONSOLIDATIONS = np.array([10.0, 20.0, 50.0, 100.0])
DIVIDEND_STEP = 0.001


@dataclass(frozen=True)
class Paths:
    """What happened; arrays of shape (n_sessions, n_shares)."""

    log_price: Floats
    """Log price without splits, relative to nothing; add `log_scale` for the price as traded."""
    log_scale: Floats
    volatility: Floats
    drop: Floats
    """The part of a session's log return that is its dividend, <= 0."""
    events: list[tuple[int, int, str, float]] = field(default_factory=list)
    """(session, share, kind, factor or A$ per share) of splits, consolidations and dividends."""


def walk(rng: Generator, shares: Population, sessions: int, alpha: float) -> Paths:
    """Prices of `sessions` sessions with a mean rank IC of `alpha` planted in them."""
    count = len(shares.sector)
    volatility = _volatilities(rng, shares, sessions)
    noise = _noise(rng, shares, volatility)
    start = np.log(shares.first_price)
    log_price, squares = np.tile(start, (sessions, 1)), np.zeros((sessions, count))
    paths = Paths(log_price, np.zeros((sessions, count)), volatility, np.zeros((sessions, count)))
    history, drift = History(log_price, squares), drift_per_score(alpha)
    for t in range(1, sessions):
        is_listed = (shares.listed < t) & (t < shares.delisted)
        _restructure(paths, shares, t, is_listed)
        _pay(paths, shares, t, is_listed)
        scores = planted_signal(history, t - 1, is_listed & (t - 1 - shares.listed >= YEAR))
        returns = plant(noise[t] + paths.drop[t], volatility[t], scores, drift)
        returns = np.where(is_listed, returns, 0.0)
        log_price[t] = log_price[t - 1] + returns
        squares[t] = squares[t - 1] + returns**2
    return paths


def _volatilities(rng: Generator, shares: Population, sessions: int) -> Floats:
    """Daily volatility of every share and session: clustered, shared by the market in half, calm once a bid is out."""
    count = len(shares.sector)
    own = _memory(rng.standard_normal((sessions, count)))
    market = _memory(rng.standard_normal((sessions, 1)))
    return shares.volatility * np.exp(SPREAD * (own + market) / np.sqrt(2)) * _calm_after_bid(shares, sessions)


def _memory(shocks: Floats) -> Floats:
    """A stationary first-order autoregression of unit variance along the sessions."""
    state = shocks.copy()
    for t in range(1, len(state)):
        state[t] = CLUSTERING * state[t - 1] + np.sqrt(1 - CLUSTERING**2) * shocks[t]
    return state


def _noise(rng: Generator, shares: Population, volatility: Floats) -> Floats:
    """Log returns without alpha and dividends: market, sector, own fat tail, the ends of failures and of bids."""
    sessions, count = volatility.shape
    market = _fat(rng, (sessions, 1)) * MARKET_VOLATILITY + MARKET_DRIFT
    sector = _fat(rng, (sessions, int(shares.sector.max()) + 1)) * SECTOR_VOLATILITY
    common = (shares.beta * market + sector[:, shares.sector]) * _calm_after_bid(shares, sessions)
    noise = common + _fat(rng, (sessions, count)) * volatility
    noise += np.log1p(shares.dividend_yield) / YEAR
    declining = _before_end(shares, sessions, DECLINE_SESSIONS) & shares.fails
    noise[declining] += (DECLINE * volatility)[declining]
    bid = shares.delisted - BID_SESSIONS
    is_bid = (shares.delisted < sessions) & ~shares.fails
    noise[bid[is_bid], np.flatnonzero(is_bid)] += BID_PREMIUM
    return noise


def _calm_after_bid(shares: Population, sessions: int) -> Floats:
    """What is left of a share's returns: all, or a fifth once it trades at the price of a bid."""
    return np.where(_before_end(shares, sessions, BID_SESSIONS) & ~shares.fails, CALM_AFTER_BID, 1.0)


def _fat(rng: Generator, shape: tuple[int, int]) -> Floats:
    return rng.standard_t(TAIL, shape) / np.sqrt(TAIL / (TAIL - 2))


def _before_end(shares: Population, sessions: int, length: int) -> NDArray[np.bool_]:
    """The last `length` sessions of each share that is delisted before the end; shape (n_sessions, n_shares)."""
    t = np.arange(sessions)[:, None]
    return (t > shares.delisted - length) & (t < shares.delisted) & (shares.delisted < sessions)


def _restructure(paths: Paths, shares: Population, t: int, is_listed: NDArray[np.bool_]) -> None:
    """Split what trades too high and consolidate what trades too low, from session t on."""
    paths.log_scale[t] = paths.log_scale[t - 1]
    price = np.exp(paths.log_price[t - 1] + paths.log_scale[t - 1])
    for share in np.flatnonzero(is_listed & (price > shares.split_above)):
        ratio = _nearest(RATIOS, price[share] / SPLIT_TARGET)
        _rescale(paths, t, share, "split", 1 / ratio)
    for share in np.flatnonzero(is_listed & (price < shares.consolidate_below)):
        ratio = _nearest(CONSOLIDATIONS, CONSOLIDATED_TARGET / price[share])
        _rescale(paths, t, share, "consolidation", ratio)


def _rescale(paths: Paths, t: int, share: np.intp, kind: str, factor: float) -> None:
    paths.log_scale[t, share] += np.log(factor)
    paths.events.append((t, int(share), kind, factor))


def _nearest(choices: Floats, wanted: float) -> float:
    return float(choices[np.argmin(np.abs(np.log(choices / wanted)))])


def _pay(paths: Paths, shares: Population, t: int, is_listed: NDArray[np.bool_]) -> None:
    """Half a year's dividend of the shares that go ex at session t, to the tenth of a cent."""
    due = is_listed & (shares.dividend_yield > 0) & (t % HALF_YEAR == shares.ex_phase)
    for share in np.flatnonzero(due):
        price = float(np.exp(paths.log_price[t - 1, share] + paths.log_scale[t, share]))
        amount = round(price * shares.dividend_yield[share] / 2 / DIVIDEND_STEP) * DIVIDEND_STEP
        if amount > 0:
            paths.drop[t, share] = np.log1p(-amount / price)
            paths.events.append((t, int(share), "dividend", round(amount, 3)))
