"""Where the price stands on its own path: below its high, above its low, and its deepest fall."""

import polars as pl

from asxos.domain.factors.factor import Factor
from asxos.domain.factors.price.basics import CLOSE, HIGH, LOW


def drawdown(sessions: int) -> pl.Expr:
    """Deepest fall inside the window: each close against the highest close before it in the same window."""
    falls = (CLOSE.shift(k) / CLOSE.rolling_max(sessions - k).shift(k) for k in range(sessions))
    complete = CLOSE.rolling_min(sessions).is_not_null()
    return pl.when(complete).then(pl.min_horizontal(*falls) - 1)


_GEORGE_HWANG = "George and Hwang (2004)"
_MAGDON = "Magdon-Ismail and Atiya (2004)"

PATH: tuple[Factor, ...] = (
    Factor(
        "distance_52w_high", "close / highest high of 252 sessions - 1", "fraction", _GEORGE_HWANG,
        "distance from its 52-week high", CLOSE / HIGH.rolling_max(252) - 1,
    ),
    Factor(
        "distance_52w_low", "close / lowest low of 252 sessions - 1", "fraction", _GEORGE_HWANG,
        "distance from its 52-week low", CLOSE / LOW.rolling_min(252) - 1,
    ),
    Factor(
        "drawdown_63", "deepest fall from an earlier close, both within 63 sessions", "fraction", _MAGDON,
        "deepest fall within the last three months", drawdown(63),
    ),
    Factor(
        "drawdown_252", "deepest fall from an earlier close, both within 252 sessions", "fraction", _MAGDON,
        "deepest fall within the last year", drawdown(252),
    ),
)  # fmt: skip
