"""Any price table, of text or typed, as bars with the reason why a row is none."""

import polars as pl

from asxos.domain.identifiers import canonical_symbols
from asxos.providers.dates import session_dates
from asxos.providers.decimals import shortest_decimals
from asxos.providers.prices import BARS_SCHEMA

NEEDED = ("open", "high", "low", "close", "volume")
OPTIONAL = ("adj_close", "dividends", "stock_splits")
EVENTS = ("dividends", "stock_splits")
MISSING = ("", "-", "null", "nan", "none", "na", "n/a")
ABSENT: dict[str, pl.DataType] = {
    "fault": pl.String(),
    "entity": pl.String(),
    "line": pl.UInt32(),
    "adj_close": pl.Float64(),
    "dividends": pl.Float64(),
    "stock_splits": pl.Float64(),
}
"""What a table may lack."""
RAW = "raw "
WRONG = {"symbol": "is not an ASX code", "date": "is not a date"}


def to_bars(table: pl.LazyFrame, symbol: str | None) -> pl.LazyFrame:
    """Columns of BARS_SCHEMA, the events that came along, and `reason` (null for a good row).

    Args: table: columns named as in `headers.NAMES`, of any type, perhaps `line` and `fault`.
        symbol: the code of every row, where the table has no such column.
    """
    kinds = table.collect_schema()
    numbers = [name for name in (*NEEDED, *OPTIONAL) if name in kinds]
    raw = [name for name in ("symbol", "date", *numbers) if name in kinds]
    parsed = table.with_columns(
        *[pl.col(name).alias(RAW + name) for name in raw],
        pl.lit(symbol).alias("symbol") if symbol else canonical_symbols(pl.col("symbol")).alias("symbol"),
        session_dates("date", kinds["date"]).alias("date"),
        *[_number(name) for name in numbers],
        *[pl.lit(None, kind).alias(name) for name, kind in ABSENT.items() if name not in kinds],
    )
    cells = pl.struct("fault", *raw, *[RAW + name for name in raw])
    return parsed.with_columns(
        cells.map_batches(_reasons, return_dtype=pl.String, is_elementwise=True).alias("reason"),
        pl.col("date").alias("session_date"),
    ).select(
        *[pl.col(name).cast(kind) for name, kind in BARS_SCHEMA.items()],
        *[pl.col(name).cast(pl.Float64) for name in EVENTS if not kinds.keys().isdisjoint(EVENTS)],
        "reason",
    )


def _number(name: str) -> pl.Expr:
    """Column `name` as finite Float64 (volume as whole Int64); null where it is none."""
    number = pl.col(name).cast(pl.Float64, strict=False)
    finite = pl.when(number.is_finite()).then(number).alias(name)
    if name == "volume":
        return finite.round(0).cast(pl.Int64, strict=False)
    return finite.map_batches(shortest_decimals, return_dtype=pl.Float64, is_elementwise=True)


def _reasons(cells: pl.Series) -> pl.Series:
    """The first thing wrong with each row, in words; null for a good row. Only rows with a gap are looked at."""
    rows = cells.struct.unnest()
    parsed = [name.removeprefix(RAW) for name in rows.columns if name.startswith(RAW)]
    has_gap = pl.any_horizontal(pl.col("fault").is_not_null(), *[pl.col(name).is_null() for name in parsed])
    places = rows.select(has_gap.arg_true()).to_series()
    words = rows[places].select(pl.coalesce("fault", *[_fault(name) for name in parsed])).to_series()
    return pl.Series(cells.name, [None], dtype=pl.String).new_from_index(0, cells.len()).scatter(places, words)


def _is_wrong(name: str) -> pl.Expr:
    """Nothing where something is needed, or something that could not be read."""
    if name not in OPTIONAL:
        return pl.col(name).is_null()
    return pl.col(name).is_null() & ~_is_missing(name)


def _is_missing(name: str) -> pl.Expr:
    text = pl.col(RAW + name).cast(pl.String)
    return text.is_null() | text.str.to_lowercase().is_in(MISSING)


def _fault(name: str) -> pl.Expr:
    named = pl.format(f"{name} '{{}}' {WRONG.get(name, 'is not a number')}", pl.col(RAW + name).cast(pl.String))
    words = pl.when(_is_missing(name)).then(pl.lit(f"no {name}")).otherwise(named)
    return pl.when(_is_wrong(name)).then(words)
