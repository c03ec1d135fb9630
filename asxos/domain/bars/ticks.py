"""The exchange's price steps. Source: ASX Operating Rules, minimum tick sizes (under $0.10, $2.00, above)."""

import polars as pl


def tick_size(price: pl.Expr) -> pl.Expr:
    """The smallest step of a price in A$, as traded."""
    return pl.when(price < 0.10).then(0.001).when(price < 2.00).then(0.005).otherwise(0.01)
