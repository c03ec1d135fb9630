"""Any price table, of text or typed, as bars with the reason why a row is none."""

import polars as pl

from asxos.domain.identifiers import canonical_symbols
from asxos.providers.dates import session_dates
from asxos.providers.decimals import shortest_decimals
from asxos.providers.prices import BARS_SCHEMA

PRICES = ("open", "high", "low", "close")
EVENTS = ("dividends", "stock_splits")
MISSING = ("", "-", "null", "nan", "none", "na", "n/a")


def to_bars(table: pl.LazyFrame, symbol: str | None) -> pl.LazyFrame:
    """Columns of BARS_SCHEMA, the events that came along, and `reason` (null for a good row).

    Args: table: columns named as in `headers.NAMES`, of any type, perhaps `line` and `fault`.
        symbol: the code of every row, where the table has no such column.
    """
    kinds = table.collect_schema()
    numbers = [name for name in (*PRICES, "adj_close", "volume", *EVENTS) if name in kinds]
    bars = table.with_columns(
        pl.lit(symbol).alias("symbol") if symbol else canonical_symbols(pl.col("symbol")).alias("symbol"),
        session_dates("date", kinds["date"]).alias("session_date"),
        *[_number(name, kinds[name]) for name in numbers],
        _reason(kinds, numbers, symbol),
        *[
            pl.lit(None, kind).alias(name)
            for name, kind in BARS_SCHEMA.items()
            if name not in (*kinds, "symbol", "session_date")
        ],
    )
    return bars.select(
        *[pl.col(name).cast(kind) for name, kind in BARS_SCHEMA.items()],
        *[name for name in EVENTS if name in kinds],
        "reason",
    )


def _number(name: str, kind: pl.DataType) -> pl.Expr:
    """Column `name` as finite Float64 (volume as whole Int64); null where it is none."""
    number = _finite(name, kind)
    if name == "volume":
        return number.round(0).cast(pl.Int64, strict=False)
    return number.map_batches(shortest_decimals, return_dtype=pl.Float64, is_elementwise=True)


def _finite(name: str, kind: pl.DataType) -> pl.Expr:
    number = pl.col(name).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number).alias(name)


def _reason(kinds: pl.Schema, numbers: list[str], symbol: str | None) -> pl.Expr:
    """The first thing wrong with a row, in words; null for a good row."""
    faults = [pl.col("fault")] if "fault" in kinds else []
    if symbol is None:
        is_code = canonical_symbols(pl.col("symbol")).is_not_null()
        faults.append(_fault(~is_code, "symbol", "is not an ASX code"))
    faults.append(_fault(session_dates("date", kinds["date"]).is_null(), "date", "is not a date"))
    for name in numbers:
        absent = _finite(name, kinds[name]).is_null()
        if name in (*PRICES, "volume"):
            faults.append(_fault(absent, name, "is not a number"))
        elif kinds[name] == pl.String:
            is_text = ~pl.col(name).str.to_lowercase().is_in(MISSING)
            faults.append(_fault(absent & is_text, name, "is not a number"))
    return pl.coalesce(faults).alias("reason")


def _fault(is_wrong: pl.Expr, name: str, what: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String)
    is_missing = text.is_null() | text.str.to_lowercase().is_in(MISSING)
    named = pl.format(f"{name} '{{}}' {what}", text)
    return pl.when(is_wrong & is_missing).then(pl.lit(f"no {name}")).when(is_wrong).then(named)
