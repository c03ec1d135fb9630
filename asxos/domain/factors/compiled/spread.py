"""The bid-ask spread as daily highs, lows and closes betray it."""

import numpy as np

from asxos.domain.factors.kernel.windows import window_moments
from asxos.domain.factors.panel import Block, Columns, FloatArray
from asxos.domain.factors.price.spread import CORWIN


def spread(block: Block) -> Columns:
    """The columns of SPREAD."""
    found = {"corwin_schultz_21": corwin_schultz(block), "abdi_ranaldo_21": abdi_ranaldo(block)}
    return {name: window_moments(daily, block.offsets, 21)[0] for name, daily in found.items()}


def corwin_schultz(block: Block) -> FloatArray:
    """The spread that two days' ranges imply, at least 0; a jump overnight is taken out of the second."""
    before, high_before, low_before = (block.lagged(s, 1) for s in (block.close, block.high, block.low))
    gap = np.maximum(block.low - before, 0) - np.maximum(before - block.high, 0)
    high, low = block.high - gap, block.low - gap
    ranges = np.log(high / low) ** 2 + np.log(high_before / low_before) ** 2
    joint = np.log(np.maximum(high, high_before) / np.minimum(low, low_before)) ** 2
    alpha = (np.sqrt(2 * ranges) - np.sqrt(ranges)) / CORWIN - np.sqrt(joint / CORWIN)
    return np.maximum(2 * np.tanh(alpha / 2), 0)


def abdi_ranaldo(block: Block) -> FloatArray:
    """Twice the root of the product of the last close's distances from its day's and today's middle, at least 0."""
    middle = (np.log(block.high) + np.log(block.low)) / 2
    close = block.lagged(np.log(block.close), 1)
    product = (close - block.lagged(middle, 1)) * (close - middle)
    return np.sqrt(np.maximum(4 * product, 0))
