"""RSI, MACD and the Bollinger position; the series in A$ equal TA-Lib's."""

import numpy as np

from asxos.domain.factors.expressions import LEAST_PRICE_SPREAD
from asxos.domain.factors.kernel.averages import seeded_average
from asxos.domain.factors.kernel.windows import window_moments
from asxos.domain.factors.panel import Block, Columns, FloatArray


def oscillators(block: Block) -> Columns:
    """The oscillator columns, MACD as fractions of the close."""
    line, signal = macd(block)
    return {
        "rsi_14": relative_strength(block),
        "macd_pct": line / block.close,
        "macd_signal_pct": signal / block.close,
        "macd_histogram_pct": (line - signal) / block.close,
        "bollinger_b": bollinger_position(block),
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
