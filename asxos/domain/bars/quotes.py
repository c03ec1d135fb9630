"""What a list shows of a share: its last close, the change, a small line of 30 closes, and how much is traded."""

import string

import polars as pl

SPARK_CLOSES = 30
TURNOVER_SESSIONS = 20
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""The 62 heights of a spark line, lowest first."""


def quotes(tails: pl.DataFrame) -> pl.DataFrame:
    """One row a security: `security_id, session_date, close, change, spark, turnover_20`.

    Args: tails: the last bars (31 at most are used) of each security, sorted by (security_id, session_date), with
        `close` and `volume` as traded and `adjusted` close.
    `spark`: one base62 digit a close, from their lowest (`0`) to their highest (`z`); a flat line lies in the middle.
    """
    adjusted, turnover = pl.col("adjusted"), pl.col("close") * pl.col("volume")
    recent = pl.int_range(pl.len()).reverse().over("security_id") < SPARK_CLOSES
    drawn = tails.with_columns(since=(adjusted / adjusted.shift(1) - 1)).filter(recent).with_columns(digit=_digit())
    counted = tails.group_by("security_id").agg(turnover_20=turnover.tail(TURNOVER_SESSIONS).median(), bars=pl.len())
    return (
        drawn.group_by("security_id", maintain_order=True)
        .agg(pl.col("session_date", "close", "since").last(), pl.col("digit").str.join().alias("spark"))
        .join(counted, on="security_id", maintain_order="left")
        .select(
            "security_id",
            "session_date",
            "close",
            pl.when(pl.col("bars") > 1).then("since").alias("change"),
            "spark",
            "turnover_20",
        )
    )


def _digit() -> pl.Expr:
    """The height of each adjusted close between the lowest and the highest of its security, as a base62 digit."""
    adjusted = pl.col("adjusted")
    low, high = adjusted.min().over("security_id"), adjusted.max().over("security_id")
    top = len(DIGITS) - 1
    height = pl.when(high > low).then((adjusted - low) / (high - low) * top).otherwise((top + 1) / 2)
    return height.round().cast(pl.UInt8).replace_strict(dict(enumerate(DIGITS)), return_dtype=pl.String)
