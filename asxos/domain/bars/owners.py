"""Which security each of many rows means by its code, found at once; `codes.Registry` keeps who had which code when."""

import polars as pl

PERIODS: dict[str, pl.DataType] = {
    "symbol": pl.String(),
    "security_id": pl.Int32(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
}


def owners_on(rows: pl.DataFrame, periods: pl.DataFrame) -> pl.Series:
    """The security that had `symbol` on `as_of`, per row of `rows`; null where nobody had; shape (n_rows,).

    Args: periods: PERIODS; `valid_to` is the first day on which the code was no longer theirs, null: it still is.
    The first owner is also meant by what is dated before its first bar: companies report before they trade.
    """
    begun = periods.sort("valid_from").with_columns(
        valid_from=pl.when(pl.int_range(pl.len()).over("symbol") == 0).then(pl.date(1, 1, 1)).otherwise("valid_from")
    )
    asked = rows.select("symbol", "as_of").with_row_index("row").sort("as_of")
    joined = asked.join_asof(
        begun.sort("valid_from"), left_on="as_of", right_on="valid_from", by="symbol", check_sortedness=False
    )
    is_theirs = pl.col("valid_to").is_null() | (pl.col("as_of") < pl.col("valid_to"))
    return joined.sort("row").select(pl.when(is_theirs).then("security_id")).to_series()
