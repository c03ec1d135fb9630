"""The factors of prices by their Polars expressions: ten times slower than the kernel and easy to check by eye."""

import polars as pl

from asxos.domain.factors.market import market_return
from asxos.domain.factors.panel import AMOUNTS, PRICES
from asxos.domain.factors.price import PRICE


def reference_factors(panel: pl.DataFrame) -> pl.DataFrame:
    """The factors of prices as Float64 columns in the order of PRICE, one row per row of the panel; missing is null.

    Raises: BadPanel: the panel lacks a column or is not sorted.
    """
    prepared = panel.with_columns(
        *(_observed(name, pl.col(name) > 0) for name in PRICES),
        *(_observed(name, pl.col(name) >= 0) for name in AMOUNTS),
        pl.Series("market_return", market_return(panel)).fill_nan(None),
    )
    return prepared.select(factor.expression.over("security_id").alias(factor.name) for factor in PRICE)


def _observed(name: str, possible: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(name).is_finite() & possible).then(pl.col(name)).alias(name)
