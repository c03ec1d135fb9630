"""Returns with dividends: each session's close on the scale of the one before it, and what went ex in between."""

import polars as pl

from asxos.domain.bars.adjustment import cumulative_factors

TOTAL_RETURNS = {"place": pl.Int64(), "session_date": pl.Date(), "total_return": pl.Float64()}


def total_returns(closes: pl.DataFrame, factors: pl.DataFrame, dividends: pl.DataFrame) -> pl.DataFrame:
    """TOTAL_RETURNS of each bar over the one before it of the same share, fractions; sorted by (place, session_date).

    Args: closes: `place, security_id, session_date, close` as traded. factors: of `effective_factors`. dividends:
    `security_id, ex_date, amount`, A$ a share as paid; one that goes ex between bars counts on the next one.
    """
    bars = closes.sort("security_id", "session_date")
    scale = cumulative_factors(bars, factors)
    paid = (
        dividends.drop_nulls("amount")
        .sort("ex_date")
        .join_asof(
            bars.select("security_id", ex_date="session_date", on="session_date").sort("ex_date"),
            on="ex_date",
            by="security_id",
            strategy="forward",
            check_sortedness=False,
        )
        .group_by("security_id", session_date="on")
        .agg(pl.col("amount").sum())
    )
    share = ("place", "security_id")
    scaled = bars.with_columns(scale=pl.Series(scale)).join(paid, on=["security_id", "session_date"], how="left")
    worth = pl.col("close") * pl.col("scale")
    income = pl.col("amount").fill_null(0.0) * pl.col("scale")
    return (
        scaled.sort("place", "session_date")
        .with_columns(total_return=(worth + income) / worth.shift(1).over(share) - 1)
        .drop_nulls("total_return")
        .select(TOTAL_RETURNS.keys())
    )
