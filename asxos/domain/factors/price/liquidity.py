"""How much of a share is traded, how steadily, and what trading moves."""

import polars as pl

from asxos.domain.factors.factor import Factor
from asxos.domain.factors.price.basics import (
    LEAST_RETURN_SPREAD,
    LEAST_VOLUME_SPREAD,
    RETURN,
    TURNOVER,
    VOLUME,
    share_of,
    whole_window,
)
from asxos.domain.factors.price.pairs import correlation


def volume_surprise() -> pl.Expr:
    """Standard score of log volume within its last 20 sessions, today included."""
    log_volume = VOLUME.log1p()
    spread = log_volume.rolling_std(20)
    return pl.when(spread > LEAST_VOLUME_SPREAD).then((log_volume - log_volume.rolling_mean(20)) / spread)


def turnover_trend(short: int, long: int) -> pl.Expr:
    """Mean turnover of late against that of a longer time."""
    return pl.when(TURNOVER.rolling_max(long) > 0).then(TURNOVER.rolling_mean(short) / TURNOVER.rolling_mean(long) - 1)


def amihud(sessions: int, least: int) -> pl.Expr:
    """Mean absolute return per A$ million traded, over the days that traded."""
    impact = pl.when(TURNOVER > 0).then(RETURN.abs() / TURNOVER * 1e6)
    return pl.when(whole_window(sessions)).then(impact.rolling_mean(sessions, min_samples=least))


_AMIHUD = "Amihud (2002)"
_LESMOND = "Lesmond, Ogden and Trzcinka (1999)"

LIQUIDITY: tuple[Factor, ...] = (
    Factor(
        "adv_20", "median turnover of 20 sessions", "A$", "Brennan, Chordia and Subrahmanyam (1998)",
        "typical daily turnover", TURNOVER.rolling_median(20),
    ),
    Factor(
        "turnover_trend_20_120", "mean turnover of 20 sessions / of 120 sessions - 1", "fraction",
        "Lee and Swaminathan (2000)", "turnover of late against that of half a year", turnover_trend(20, 120),
    ),
    Factor(
        "turnover_volatility_63", "sd of log(1 + turnover), 63 sessions", "log A$",
        "Chordia, Subrahmanyam and Anshuman (2001)", "unsteadiness of its turnover", TURNOVER.log1p().rolling_std(63),
    ),
    Factor(
        "volume_z_20", "(log(1 + volume) - its mean) / its sd, 20 sessions; missing if volume never changed",
        "standard deviations", "Gervais, Kaniel and Mingelgrin (2001)", "unusual trading volume", volume_surprise(),
    ),
    Factor(
        "volume_correlation_63", "correlation of return and log(1 + volume), 63 sessions", "-1 to 1", "Karpoff (1987)",
        "whether it rises on heavy trading", correlation(RETURN, VOLUME.log1p(), 63, least_spread=LEAST_VOLUME_SPREAD),
    ),
    Factor(
        "amihud_21", "mean of |return| per A$ million of turnover, 21 sessions, at least 10 traded",
        "fraction per A$ million", _AMIHUD, "price impact of trading (illiquidity)", amihud(21, least=10),
    ),
    Factor(
        "amihud_252", "mean of |return| per A$ million of turnover, 252 sessions, at least 120 traded",
        "fraction per A$ million", _AMIHUD, "price impact of trading over the last year", amihud(252, least=120),
    ),
    Factor(
        "zero_volume_63", "part of 63 sessions without a trade", "0 to 1", "Liu (2006)",
        "days without a trade", share_of(VOLUME == 0, 63),
    ),
    Factor(
        "zero_return_63", "part of 63 sessions whose close did not change", "0 to 1", _LESMOND,
        "days on which the price stood still", share_of(RETURN.abs() < LEAST_RETURN_SPREAD, 63),
    ),
)  # fmt: skip
