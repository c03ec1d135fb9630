"""What a share returned, over which stretch, in what manner and at what time of day or year."""

import polars as pl

from asxos.domain.factors.factor import Factor
from asxos.domain.factors.price.basics import CLOSE, OPEN, RETURN, share_of

# The exchange has 253 sessions in most years: five of these are a session or two from five calendar years.
SEASON, SEASON_YEARS, LEAST_YEARS = 253, 5, 2


def momentum(sessions: int, skip: int = 0) -> pl.Expr:
    """Return from `sessions` ago to `skip` ago."""
    return CLOSE.shift(skip) / CLOSE.shift(sessions) - 1


def overnight(sessions: int) -> pl.Expr:
    """Sum of the log returns from close to open."""
    return (OPEN / CLOSE.shift(1)).log().rolling_mean(sessions) * sessions


def intraday(sessions: int) -> pl.Expr:
    """Sum of the log returns from open to close."""
    return (CLOSE / OPEN).log().rolling_mean(sessions) * sessions


def discreteness(sessions: int) -> pl.Expr:
    """The part of days that went against the return over all of them, less the part that went with it."""
    return momentum(sessions).sign() * (share_of(RETURN < 0, sessions) - share_of(RETURN > 0, sessions))


def seasonality(sessions: int) -> pl.Expr:
    """Mean return, over the past years that are known, of the sessions that followed the same time of year."""
    years = [CLOSE.shift(SEASON * n - sessions) / CLOSE.shift(SEASON * n) - 1 for n in range(1, SEASON_YEARS + 1)]
    known = pl.sum_horizontal(year.is_not_null() for year in years)
    return pl.when(known >= LEAST_YEARS).then(pl.mean_horizontal(*years))


_JEGADEESH_TITMAN = "Jegadeesh and Titman (1993)"
_BALI = "Bali, Cakici and Whitelaw (2011)"
_LOU = "Lou, Polk and Skouras (2019), A Tug of War"

RETURNS: tuple[Factor, ...] = (
    Factor(
        "reversal_5", "close / close 5 sessions ago - 1", "fraction", "Lehmann (1990)",
        "return over the last week", momentum(5),
    ),
    Factor(
        "momentum_1m", "close / close 21 sessions ago - 1", "fraction", "Jegadeesh (1990)",
        "return over the last month", momentum(21),
    ),
    Factor(
        "momentum_3m", "close / close 63 sessions ago - 1", "fraction", _JEGADEESH_TITMAN,
        "return over the last three months", momentum(63),
    ),
    Factor(
        "momentum_6m", "close / close 126 sessions ago - 1", "fraction", _JEGADEESH_TITMAN,
        "return over the last six months", momentum(126),
    ),
    Factor(
        "momentum_9m", "close / close 189 sessions ago - 1", "fraction", _JEGADEESH_TITMAN,
        "return over the last nine months", momentum(189),
    ),
    Factor(
        "momentum_12_1", "close 21 sessions ago / close 252 sessions ago - 1", "fraction", _JEGADEESH_TITMAN,
        "12-month momentum, latest month skipped", momentum(252, skip=21),
    ),
    Factor(
        "momentum_12_7", "close 126 sessions ago / close 252 sessions ago - 1", "fraction", "Novy-Marx (2012)",
        "return in the half-year before the last", momentum(252, skip=126),
    ),
    Factor(
        "momentum_36_13", "close 252 sessions ago / close 756 sessions ago - 1", "fraction",
        "De Bondt and Thaler (1985)", "return in the two years before the last", momentum(756, skip=252),
    ),
    Factor(
        "max_return_21", "highest daily return of 21 sessions", "fraction", _BALI,
        "best single day of the last month", RETURN.rolling_max(21),
    ),
    Factor(
        "min_return_21", "lowest daily return of 21 sessions", "fraction", _BALI,
        "worst single day of the last month", RETURN.rolling_min(21),
    ),
    Factor(
        "overnight_return_21", "sum of log(open / close of the session before), 21 sessions", "log return", _LOU,
        "return made overnight in the last month", overnight(21),
    ),
    Factor(
        "intraday_return_21", "sum of log(close / open), 21 sessions", "log return", _LOU,
        "return made during the day in the last month", intraday(21),
    ),
    Factor(
        "discreteness_252", "sign of the return over 252 sessions x (part of falling days - part of rising days)",
        "-1 to 1", "Da, Gurun and Warachka (2014), Frog in the Pan",
        "how suddenly the last year's return came", discreteness(252),
    ),
    Factor(
        "seasonality_5y", "mean return of the 21 sessions that followed 253, 506, ... 1265 sessions ago, of the 2 to 5"
        " years known", "fraction", "Heston and Sadka (2008)",
        "what the coming month brought in past years", seasonality(21),
    ),
)  # fmt: skip
