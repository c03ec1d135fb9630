"""Vendors' split-adjusted prices and volumes, back as they were traded, with splits and dividends as actions."""

import polars as pl

from asxos.providers.prices import ACTIONS_SCHEMA, no_actions

PRICES = ("open", "high", "low", "close")
DECIMALS = 4
RATIO = pl.col("stock_splits")
IS_SPLIT = RATIO.is_finite() & (RATIO > 0) & (RATIO != 1)


def as_traded(bars: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Yahoo's bars with the later splits undone, and the Actions frame of their events.

    Args: bars: sorted by (symbol, session_date), with `stock_splits` (new shares for one old, on the ex-date; 0 or null
        for none) and `dividends` (A$ a share, split-adjusted; 0 or null for none); without them nothing is changed.
    A split that the vendor names but did not apply (the price jumps by its ratio on the ex-date) is left alone. Prices
    are rounded to 4 decimals: the vendor's float32 holds no more, and no ASX price has more.
    """
    if "stock_splits" not in bars.columns:
        return bars, no_actions()
    jump = (pl.col("close") / pl.col("close").shift(1)).over("symbol").log()
    is_applied = IS_SPLIT & (jump.abs() <= (jump + RATIO.log()).abs()).fill_null(value=True)
    bars = _with_later(bars, is_applied)
    actions = events_of(bars.with_columns((pl.col("dividends") * pl.col("later")).round(6)))
    prices = [_where_later((pl.col(name) * pl.col("later")).round(DECIMALS), name) for name in PRICES]
    return _traded_volume(bars.with_columns(prices)), actions


def undo_splits_of_volume(bars: pl.DataFrame) -> pl.DataFrame:
    """EODHD's bars, whose volume alone is split-adjusted, with the later splits undone."""
    return _traded_volume(_with_later(bars, IS_SPLIT))


def events_of(bars: pl.DataFrame) -> pl.DataFrame:
    """The Actions frame of `stock_splits` and `dividends` (A$ as paid) of `bars`."""
    split = bars.filter(IS_SPLIT).select(
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
        amount="dividends",
        method=pl.lit("reported"),
    )
    actions = pl.concat([no_actions(), split, dividend], how="diagonal")
    return actions.cast(pl.Schema(ACTIONS_SCHEMA)).sort("symbol", "ex_date", "kind")


def _with_later(bars: pl.DataFrame, is_applied: pl.Expr) -> pl.DataFrame:
    """`later`: the product of the applied ratios after each bar."""
    bars = bars.with_columns(pl.when(is_applied).then(RATIO).otherwise(1.0).alias("ratio"))
    later = pl.col("ratio").cum_prod(reverse=True).shift(-1, fill_value=1.0).over("symbol")
    return bars.with_columns(later.alias("later")).drop("ratio")


def _traded_volume(bars: pl.DataFrame) -> pl.DataFrame:
    volume = _where_later((pl.col("volume") / pl.col("later")).round(0), "volume").cast(pl.Int64)
    return bars.with_columns(volume).drop("later", "dividends", "stock_splits")


def _where_later(changed: pl.Expr, name: str) -> pl.Expr:
    return pl.when(pl.col("later") != 1).then(changed).otherwise(pl.col(name)).alias(name)
