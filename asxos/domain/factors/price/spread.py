"""The bid-ask spread as daily highs, lows and closes betray it."""

import polars as pl

from asxos.domain.factors.factor import Factor
from asxos.domain.factors.price.basics import CLOSE, HIGH, LOW

# The spread is in the range once a day, the variance in proportion to time: two days' ranges tell them apart.
CORWIN = 3 - 2 * 2**0.5


def corwin_schultz(sessions: int) -> pl.Expr:
    """Mean of the spreads that two days' ranges imply, each at least 0; a jump overnight is taken out of the second."""
    before = CLOSE.shift(1)
    gap = (LOW - before).clip(lower_bound=0) - (before - HIGH).clip(lower_bound=0)
    high, low = HIGH - gap, LOW - gap
    single = (HIGH / LOW).log() ** 2
    ranges = (high / low).log() ** 2 + single.shift(1)
    joint = (pl.max_horizontal(high, HIGH.shift(1)) / pl.min_horizontal(low, LOW.shift(1))).log() ** 2
    alpha = ((2 * ranges).sqrt() - ranges.sqrt()) / CORWIN - (joint / CORWIN).sqrt()
    return (2 * (alpha / 2).tanh()).clip(lower_bound=0).rolling_mean(sessions)


def abdi_ranaldo(sessions: int) -> pl.Expr:
    """Root of four times the mean product of the close's distances from its day's and the next day's middle."""
    middle = (HIGH.log() + LOW.log()) / 2
    close = CLOSE.log().shift(1)
    product = (close - middle.shift(1)) * (close - middle)
    return (4 * product).clip(lower_bound=0).sqrt().rolling_mean(sessions)


SPREAD: tuple[Factor, ...] = (
    Factor(
        "corwin_schultz_21", "mean of 2 (e^a - 1) / (1 + e^a), at least 0, 21 sessions; a from the ranges of two days",
        "fraction", "Corwin and Schultz (2012)", "bid-ask spread that its daily ranges betray", corwin_schultz(21),
    ),
    Factor(
        "abdi_ranaldo_21", "mean of sqrt(max(4 (c - m) (c - m of the next day), 0)), 21 sessions; c log close, m middle"
        " of log high and log low", "fraction", "Abdi and Ranaldo (2017)",
        "bid-ask spread that its closes betray", abdi_ranaldo(21),
    ),
)  # fmt: skip
