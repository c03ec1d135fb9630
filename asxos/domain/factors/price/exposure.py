"""How a share moves with the market, and how it moves without it."""

import polars as pl

from asxos.domain.factors.factor import Factor
from asxos.domain.factors.price.basics import (
    CLOSE,
    LEAST_RETURN_SPREAD,
    MARKET,
    RETURN,
    SESSIONS_A_YEAR,
    whole_window,
)
from asxos.domain.factors.price.pairs import correlation, moments

RETURN_3 = CLOSE / CLOSE.shift(3) - 1
MARKET_3 = (1 + MARKET) * (1 + MARKET.shift(1)) * (1 + MARKET.shift(2)) - 1


def beta(sessions: int, least: int, share: pl.Expr = RETURN, market: pl.Expr = MARKET) -> pl.Expr:
    """Slope of the share's return on the market's, over the sessions that have both."""
    of = moments(share, market, sessions, least)
    known = whole_window(sessions) & (of.variance_y > LEAST_RETURN_SPREAD**2)
    return pl.when(known).then(of.covariance / of.variance_y)


def residual_volatility(sessions: int, least: int) -> pl.Expr:
    """Deviation around the line of `beta`, two degrees of freedom spent on it, scaled to a year."""
    of = moments(RETURN, MARKET, sessions, least)
    variance = (of.variance_x - of.covariance**2 / of.variance_y).clip(lower_bound=0) * of.number / (of.number - 2)
    known = whole_window(sessions) & (of.variance_y > LEAST_RETURN_SPREAD**2)
    return pl.when(known).then((variance * SESSIONS_A_YEAR).sqrt())


def residual_momentum(sessions: int, skip: int) -> pl.Expr:
    """Mean over deviation of what the day's beta leaves of the return, over the sessions before the last `skip`."""
    residual = RETURN - beta(252, least=200) * MARKET
    mean, spread = residual.rolling_mean(sessions - skip), residual.rolling_std(sessions - skip)
    return pl.when(spread > LEAST_RETURN_SPREAD).then(mean / spread).shift(skip)


_SHARPE = "Sharpe (1964)"
_ANG = "Ang, Hodrick, Xing and Zhang (2006)"

EXPOSURE: tuple[Factor, ...] = (
    Factor(
        "beta_252", "cov(return, market return) / var(market return), 252 sessions, at least 200 with both", "ratio",
        _SHARPE, "sensitivity to the whole market", beta(252, least=200),
    ),
    Factor(
        "beta_63", "as beta_252, 63 sessions, at least 50 with both", "ratio", _SHARPE,
        "recent sensitivity to the whole market", beta(63, least=50),
    ),
    Factor(
        "beta_3d_252", "as beta_252, of returns over 3 sessions, which see trades that come late", "ratio",
        "Frazzini and Pedersen (2014)", "sensitivity to the whole market over three days",
        beta(252, least=200, share=RETURN_3, market=MARKET_3),
    ),
    Factor(
        "downside_beta_252", "as beta_252, over the sessions on which the market fell, at least 50", "ratio",
        "Ang, Chen and Xing (2006)", "sensitivity to a falling market",
        beta(252, least=50, market=pl.when(MARKET < 0).then(MARKET)),
    ),
    Factor(
        "market_correlation_252", "correlation of return and market return, 252 sessions, at least 200 with both",
        "-1 to 1", "Asness, Frazzini, Gormsen and Pedersen (2020)", "how closely it follows the whole market",
        correlation(RETURN, MARKET, 252, least=200),
    ),
    Factor(
        "residual_volatility_63", "sd around the line of beta_63 x sqrt(252)", "fraction a year", _ANG,
        "recent swings of its own, the market's left out", residual_volatility(63, least=50),
    ),
    Factor(
        "residual_volatility_252", "sd around the line of beta_252 x sqrt(252)", "fraction a year", _ANG,
        "a year's swings of its own, the market's left out", residual_volatility(252, least=200),
    ),
    Factor(
        "residual_momentum_12_1", "mean / sd of (return - beta_252 x market return), 231 sessions ending 21 ago",
        "ratio", "Blitz, Huij and Martens (2011)", "12-month momentum of its own, the market's left out",
        residual_momentum(252, skip=21),
    ),
)  # fmt: skip
