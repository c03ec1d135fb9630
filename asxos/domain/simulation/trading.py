"""Opens, highs, lows, closes and volumes around simulated closing prices, on the ticks of the ASX."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from asxos.domain.simulation.paths import Paths
from asxos.domain.simulation.population import Population
from asxos.domain.simulation.signal import Floats

OVERNIGHT = 0.35
"""Share of a session's variance that falls between the last close and the open."""
RANGE = 0.45
BUSY, VOLUME_NOISE = 0.45, 0.55
"""How much log volume rises with a return of one daily volatility, and its own scatter."""
MOST_SURPRISE = 6.0
QUIET_BELOW = 60_000.0
"""A$ a day; a share that turns over less has days without a trade."""
MOST_QUIET = 0.3


def tick(price: Floats) -> Floats:
    """The ASX price step, A$: 0.001 under 0.10, 0.005 under 2.00, else 0.01."""
    return np.where(price < 0.10, 0.001, np.where(price < 2.0, 0.005, 0.01))


def on_tick(price: Floats) -> Floats:
    """The nearest price that can be traded, at least 0.001, free of binary dust."""
    step = tick(price)
    return np.maximum(np.round(np.round(price / step) * step, 3), 0.001)


def trade(rng: Generator, shares: Population, paths: Paths) -> dict[str, NDArray[np.generic]]:
    """`open, high, low, close` (A$ as traded) and `volume` (shares), each of shape (n_sessions, n_shares)."""
    returns = np.diff(paths.log_price, axis=0, prepend=paths.log_price[:1])
    shape = returns.shape
    price = np.exp(paths.log_price + paths.log_scale)
    bridge = np.sqrt(OVERNIGHT * (1 - OVERNIGHT)) * paths.volatility * rng.standard_normal(shape)
    overnight = paths.drop + OVERNIGHT * (returns - paths.drop) + bridge
    opened = price * np.exp(overnight - returns)
    reach = np.exp(RANGE * paths.volatility * np.abs(rng.standard_normal((2, *shape))))
    high, low = np.maximum(opened, price) * reach[0], np.minimum(opened, price) / reach[1]
    bars = {"open": on_tick(opened), "high": on_tick(high), "low": on_tick(low), "close": on_tick(price)}
    bars["high"] = np.maximum.reduce([bars["high"], bars["open"], bars["close"]])
    bars["low"] = np.minimum.reduce([bars["low"], bars["open"], bars["close"]])
    volume = _volumes(rng, shares, np.abs(returns - paths.drop) / paths.volatility, price)
    return _still(bars, paths.log_scale, volume) | {"volume": volume}


def _volumes(rng: Generator, shares: Population, surprise: Floats, price: Floats) -> NDArray[np.int64]:
    """Shares traded: more on days of large returns; none on some days of small shares."""
    value = shares.turnover * np.exp(
        VOLUME_NOISE * rng.standard_normal(price.shape) + BUSY * (np.minimum(surprise, MOST_SURPRISE) - 1)
    )
    quiet = MOST_QUIET * np.clip(1 - shares.turnover / QUIET_BELOW, 0, 1)
    return np.where(rng.random(price.shape) < quiet, 0, np.maximum(value / price, 1)).astype(np.int64)


def _still(bars: dict[str, Floats], log_scale: Floats, volume: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
    """A session without a trade repeats the last close, rescaled where a split came between."""
    sessions, count = volume.shape
    traded = np.where(volume > 0, np.arange(sessions)[:, None], 0)
    last = np.maximum.accumulate(traded, axis=0)
    share = np.arange(count)
    close = on_tick(bars["close"][last, share] * np.exp(log_scale - log_scale[last, share]))
    return {name: np.where(volume > 0, prices, close) for name, prices in bars.items()}
