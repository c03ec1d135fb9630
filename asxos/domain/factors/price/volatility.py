"""How much a share moves, to which side, and whether one day tells of the next."""

import math

import polars as pl

from asxos.domain.factors.factor import Factor
from asxos.domain.factors.price.basics import (
    CLOSE,
    HIGH,
    LEAST_RETURN_SPREAD,
    LOW,
    RETURN,
    SESSIONS_A_YEAR,
    seeded_average,
)
from asxos.domain.factors.price.pairs import correlation

PARKINSON = SESSIONS_A_YEAR / (4 * math.log(2))


def average_true_range() -> pl.Expr:
    """Wilder's average of 14 true ranges, A$."""
    before = CLOSE.shift(1)
    spans = (HIGH - LOW, (HIGH - before).abs(), (LOW - before).abs())
    complete = pl.all_horizontal(span.is_not_null() for span in spans)
    return seeded_average(pl.when(complete).then(pl.max_horizontal(*spans)), 1, 14, 1 / 14)


def volatility(sessions: int) -> pl.Expr:
    """Sample deviation of daily returns, scaled to a year."""
    return RETURN.rolling_std(sessions) * SESSIONS_A_YEAR**0.5


def volatility_trend(short: int, long: int) -> pl.Expr:
    """The deviation of late against that of a longer time."""
    return pl.when(RETURN.rolling_std(long) > LEAST_RETURN_SPREAD).then(volatility(short) / volatility(long) - 1)


def downside_volatility(sessions: int) -> pl.Expr:
    """Root mean square of the negative returns, the others counted as 0, scaled to a year."""
    return (RETURN.clip(upper_bound=0) ** 2).rolling_mean(sessions).sqrt() * SESSIONS_A_YEAR**0.5


def range_volatility(sessions: int) -> pl.Expr:
    """Deviation that a random walk with these daily ranges would have, scaled to a year."""
    return (((HIGH / LOW).log() ** 2).rolling_mean(sessions) * PARKINSON).sqrt()


def skewness(sessions: int) -> pl.Expr:
    """Third central moment over the deviation cubed."""
    mean, square, cube = ((RETURN**power).rolling_mean(sessions) for power in (1, 2, 3))
    variance = square - mean**2
    return pl.when(variance > LEAST_RETURN_SPREAD**2).then((cube - 3 * mean * square + 2 * mean**3) / variance**1.5)


_ANG = "Ang, Hodrick, Xing and Zhang (2006)"

VOLATILITY: tuple[Factor, ...] = (
    Factor(
        "atr_pct", "Wilder average of 14 true ranges / close", "fraction",
        "Wilder (1978), New Concepts in Technical Trading Systems; seeded as TA-Lib",
        "typical daily trading range", average_true_range() / CLOSE,
    ),
    Factor(
        "volatility_30", "sd of 30 daily returns x sqrt(252)", "fraction a year", _ANG,
        "price swings over the last 30 sessions", volatility(30),
    ),
    Factor(
        "volatility_90", "sd of 90 daily returns x sqrt(252)", "fraction a year", _ANG,
        "price swings over the last 90 sessions", volatility(90),
    ),
    Factor(
        "volatility_252", "sd of 252 daily returns x sqrt(252)", "fraction a year", _ANG,
        "price swings over the last year", volatility(252),
    ),
    Factor(
        "volatility_trend", "volatility_30 / volatility_252 - 1; missing if the price never moved", "fraction",
        "Engle (1982)", "price swings of late against those of the last year", volatility_trend(30, 252),
    ),
    Factor(
        "downside_volatility_90", "root of the mean of min(return, 0)^2, 90 sessions, x sqrt(252)", "fraction a year",
        "Sortino and van der Meer (1991)", "falls over the last 90 sessions", downside_volatility(90),
    ),
    Factor(
        "range_volatility_21", "root of (mean of log(high / low)^2, 21 sessions, x 252 / (4 log 2))", "fraction a year",
        "Parkinson (1980)", "swings within the day over the last month", range_volatility(21),
    ),
    Factor(
        "skewness_90", "third central moment of 90 daily returns / sd^3; missing if the price never moved", "ratio",
        "Boyer, Mitton and Vorkink (2010)", "lopsidedness of its daily returns", skewness(90),
    ),
    Factor(
        "autocorrelation_63", "correlation of a day's return with the day's before, 63 sessions", "-1 to 1",
        "Lo and MacKinlay (1990)", "how far one day's move continues on the next",
        correlation(RETURN, RETURN.shift(1), 63),
    ),
)  # fmt: skip
