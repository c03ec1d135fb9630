"""Yahoo's split-adjusted prices, back as they were traded, with the splits and dividends as actions."""

import polars as pl

from asxos.providers.prices import ACTIONS_SCHEMA, no_actions

PRICES = ("open", "high", "low", "close")
DECIMALS = 4
RATIO = pl.col("stock_splits")


def as_traded(bars: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Bars with the later splits undone, and the Actions frame of their events.

    Args: bars: sorted by (symbol, session_date), with `stock_splits` (new shares for one old, on the ex-date; 0 or null
        for none) and `dividends` (A$ a share, split-adjusted; 0 or null for none).
    A split that the vendor names but did not apply (the price jumps by its ratio on the ex-date) is left alone. Prices
    are rounded to 4 decimals: the vendor's float32 holds no more, and no ASX price has more.
    """
    if "stock_splits" not in bars.columns:
        return bars, no_actions()
    jump = (pl.col("close") / pl.col("close").shift(1)).over("symbol").log()
    is_split = RATIO.is_finite() & (RATIO > 0) & (RATIO != 1)
    is_applied = is_split & (jump.abs() <= (jump + RATIO.log()).abs()).fill_null(value=True)
    bars = bars.with_columns(pl.when(is_applied).then(RATIO).otherwise(1.0).alias("ratio"))
    bars = bars.with_columns(
        pl.col("ratio").cum_prod(reverse=True).shift(-1, fill_value=1.0).over("symbol").alias("later")
    )
    return _undo(bars).drop("ratio", "later", "dividends", "stock_splits"), _actions(bars, is_split)


def _undo(bars: pl.DataFrame) -> pl.DataFrame:
    is_changed = pl.col("later") != 1
    prices = [
        pl.when(is_changed).then((pl.col(name) * pl.col("later")).round(DECIMALS)).otherwise(pl.col(name)).alias(name)
        for name in PRICES
    ]
    volume = pl.when(is_changed).then((pl.col("volume") / pl.col("later")).round(0)).otherwise(pl.col("volume"))
    return bars.with_columns(*prices, volume.cast(pl.Int64).alias("volume"))


def _actions(bars: pl.DataFrame, is_split: pl.Expr) -> pl.DataFrame:
    split = bars.filter(is_split).select(
        "symbol",
        ex_date="session_date",
        kind=pl.when(RATIO > 1).then(pl.lit("split")).otherwise(pl.lit("consolidation")),
        factor=1 / RATIO,
        method=pl.lit("reported"),
    )
    dividend = bars.filter(pl.col("dividends") > 0).select(
        "symbol",
        ex_date="session_date",
        kind=pl.lit("dividend"),
        amount=(pl.col("dividends") * pl.col("later")).round(6),
        method=pl.lit("reported"),
    )
    actions = pl.concat([no_actions(), split, dividend], how="diagonal")
    return actions.cast(pl.Schema(ACTIONS_SCHEMA)).sort("symbol", "ex_date", "kind")
