"""Two series over the days of a window that have both: how one moves with the other."""

from typing import NamedTuple

import polars as pl

from asxos.domain.factors.price.basics import LEAST_RETURN_SPREAD, whole_window


class Moments(NamedTuple):
    """Of two series over the sessions of a window that have both: how many, their covariance and variances."""

    number: pl.Expr
    covariance: pl.Expr
    variance_x: pl.Expr
    variance_y: pl.Expr


def moments(x: pl.Expr, y: pl.Expr, sessions: int, least: int) -> Moments:
    """Missing with fewer than `least` sessions that have both."""

    def mean(values: pl.Expr) -> pl.Expr:
        return values.rolling_mean(sessions, min_samples=least)

    both = x.is_not_null() & y.is_not_null()
    x, y = pl.when(both).then(x), pl.when(both).then(y)
    return Moments(
        number=both.cast(pl.Float64).rolling_sum(sessions),
        covariance=mean(x * y) - mean(x) * mean(y),
        variance_x=mean(x * x) - mean(x) ** 2,
        variance_y=mean(y * y) - mean(y) ** 2,
    )


def correlation(
    x: pl.Expr, y: pl.Expr, sessions: int, least: int | None = None, least_spread: float = LEAST_RETURN_SPREAD
) -> pl.Expr:
    """Pearson's, in [-1, 1]; `least` sessions must have both (default all). Missing where one did not move."""
    of = moments(x, y, sessions, least or sessions)
    moved = (of.variance_x > LEAST_RETURN_SPREAD**2) & (of.variance_y > least_spread**2)
    ratio = of.covariance / (of.variance_x * of.variance_y).sqrt()
    return pl.when(whole_window(sessions) & moved).then(ratio.clip(-1, 1))
