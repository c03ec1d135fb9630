"""Figures that a table implies without printing them: book value a share, and how far a dividend is franked."""

from collections.abc import Collection

import polars as pl

from asxos.domain.facts import CREDIT

# Franking as newspapers print it; of a partly franked dividend ("p") they do not say how much.
FULLY = "f"


def book_value(columns: Collection[str]) -> pl.Expr:
    """A$ a share, of the price and its multiple where it is not printed itself."""
    if "book_per_share" in columns or not {"last", "price_to_book"}.issubset(columns):
        return _column("book_per_share", columns)
    return pl.when(pl.col("price_to_book") > 0).then(pl.col("last") / pl.col("price_to_book")).alias("book_per_share")


def franked_part(columns: Collection[str], printed: str, *, blank_is_none: bool) -> pl.Expr:
    """A fraction: what both yields imply, to the per cent that their decimals allow; else what is `printed`.

    Args: printed: the column with a code or a number, text. blank_is_none: nothing printed beside a dividend means
        that it is unfranked.
    """
    is_paid = _column("dividends_per_share", columns).is_not_null()
    text = _column(printed, columns).cast(pl.String).str.strip_chars().str.to_lowercase().fill_null("")
    number = text.str.strip_suffix("%").cast(pl.Float64, strict=False)
    said = (
        pl.when((text == "") & blank_is_none & is_paid)
        .then(0.0)
        .when((text == FULLY) & is_paid)
        .then(1.0)
        .when(number > 1)  # files write 100, 100 % or 1 for fully franked
        .then(number / 100)
        .otherwise(number)
    )
    implied = pl.lit(None, pl.Float64)
    if {"net_yield", "gross_yield"}.issubset(columns):
        net, gross = pl.col("net_yield"), pl.col("gross_yield")
        implied = pl.when(net > 0).then(((gross / net - 1) / CREDIT).clip(0, 1).round(2))
    return pl.coalesce(implied, said).alias("franking")


def _column(name: str, columns: Collection[str]) -> pl.Expr:
    """The column, or nothing under its name."""
    return pl.col(name) if name in columns else pl.lit(None, pl.Float64).alias(name)
