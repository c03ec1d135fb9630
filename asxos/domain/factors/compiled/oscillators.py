"""RSI, MACD, the Bollinger position, the stochastic and the money flow; the series in A$ equal TA-Lib's."""

import numpy as np

from asxos.domain.factors.kernel.averages import seeded_average
from asxos.domain.factors.kernel.windows import window_max, window_moments
from asxos.domain.factors.panel import Block, Columns, FloatArray
from asxos.domain.factors.price.basics import LEAST_PRICE_SPREAD


def oscillators(block: Block) -> Columns:
    """The columns of OSCILLATORS, MACD as fractions of the close."""
    line, signal = macd(block)
    return {
        "rsi_14": relative_strength(block),
        "macd_pct": line / block.close,
        "macd_signal_pct": signal / block.close,
        "macd_histogram_pct": (line - signal) / block.close,
        "bollinger_b": bollinger_position(block),
        "stochastic_14": stochastic(block, 14),
        "money_flow_14": money_flow(block, 14),
    }


def relative_strength(block: Block) -> FloatArray:
    """Wilder's RSI of 14, 0 to 100; missing while the price has never moved (TA-Lib says 0, which reads as a crash)."""
    change = block.close - block.lagged(block.close, 1)
    gains = seeded_average(np.maximum(change, 0.0), block.offsets, 1, 14, 1 / 14)
    losses = seeded_average(np.maximum(-change, 0.0), block.offsets, 1, 14, 1 / 14)
    return 100.0 * gains / (gains + losses)


def macd(block: Block) -> tuple[FloatArray, FloatArray]:
    """MACD 12-26 and its signal of 9, A$. The fast average is seeded by closes 15 to 26, as TA-Lib does."""
    fast = seeded_average(block.close, block.offsets, 15, 26, 2 / 13)
    slow = seeded_average(block.close, block.offsets, 1, 26, 2 / 27)
    signal = seeded_average(fast - slow, block.offsets, 1, 9, 2 / 10)
    return np.where(np.isnan(signal), np.nan, fast - slow), signal


def bollinger_position(block: Block) -> FloatArray:
    """0 on the lower band, 1 on the upper; missing where the price did not move."""
    mean, squares = window_moments(block.close, block.offsets, 20)
    spread = np.sqrt(squares / 20)
    return np.where(spread > LEAST_PRICE_SPREAD * mean, (block.close - mean) / (4 * spread) + 0.5, np.nan)


def stochastic(block: Block, sessions: int) -> FloatArray:
    """0 on the lowest low, 100 on the highest high; missing where they are the same (TA-Lib says 0)."""
    low, high = -window_max(-block.low, block.offsets, sessions), window_max(block.high, block.offsets, sessions)
    return np.where(high - low > LEAST_PRICE_SPREAD * high, 100 * (block.close - low) / (high - low), np.nan)


def money_flow(block: Block, sessions: int) -> FloatArray:
    """Flow of rising days among all that moved, 0 to 100; missing where nothing was traded on one that did."""
    typical = (block.high + block.low + block.close) / 3
    change = typical - block.lagged(typical, 1)
    flow = typical * block.volume * np.abs(np.sign(change))
    rising, _ = window_moments(np.where(change > 0, flow, 0.0 * flow), block.offsets, sessions)
    both, _ = window_moments(flow, block.offsets, sessions)
    return 100.0 * rising / both
