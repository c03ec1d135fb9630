"""The momentum rule: last year's winners that still rise, scaled by their risk, and a book of the best held to a risk.

Sources: Jegadeesh and Titman (1993), the year without its latest month, the best tenth; Faber (2007), hold what is
above its ten-month average; Moskowitz, Ooi and Pedersen (2012), a position as if its volatility were 40 %; Barroso and
Santa-Clara (2015), the book scaled to 12 % a year; Sharpe (1963), what shares have in common is the market.
"""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

POSITION_VOLATILITY = 0.40
BOOK_VOLATILITY = 0.12
BEST = 0.10
# A share under a bid hardly moves; that is not a calm that may be scaled up.
LEAST_VOLATILITY = 0.10


def momentum_parts(momentum: FloatArray, trend: FloatArray, volatility: FloatArray) -> FloatArray:
    """What each input adds to a share's score, in the order of the arguments; shape (n_shares, 3).

    The score is momentum x 40 % / volatility where price and momentum point the same way, else 0. Args: all of shape
    (n_shares,). momentum, trend: fractions, trend that of the price above its 200-session mean. volatility: a year's.
    """
    scaled = momentum * POSITION_VOLATILITY / np.maximum(volatility, LEAST_VOLATILITY)
    gated = np.where(np.sign(momentum) == np.sign(trend), scaled, 0.0)
    return np.column_stack([momentum, gated - scaled, scaled - momentum])


def book_weights(scores: FloatArray, volatility: FloatArray, residual: FloatArray) -> FloatArray:
    """The part of the money in each share of a long-only book of the best tenth; 0 for the rest; the remainder is cash.

    Weights are inverse to volatility, and all are scaled down so that the book is expected to move by no more than 12 %
    a year. Nothing is borrowed. A share without a positive score is not held. Args: shape (n_shares,); residual: the
    part of `volatility` that is not the market's, missing (NaN) counts as none, as if shares moved as one.
    """
    best = np.argsort(-scores, kind="stable")[: int(np.ceil(BEST * len(scores)))]
    held = best[scores[best] > 0]
    total = np.maximum(volatility[held], LEAST_VOLATILITY)
    own = np.minimum(np.nan_to_num(residual[held]), total)
    inverse = 1 / total
    parts = inverse / inverse.sum()
    market = np.sqrt(total**2 - own**2)
    expected = np.sqrt(np.square(parts @ market) + np.square(parts * own).sum())
    weights = np.zeros(len(scores))
    weights[held] = parts * min(1.0, BOOK_VOLATILITY / expected) if len(held) else 0.0
    return weights
