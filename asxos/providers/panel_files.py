"""Price tables of any length, cut into frames of whole symbols that fit in memory."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import polars as pl

from asxos.domain.identifiers import canonical_symbols
from asxos.providers.headers import column_names, require

BATCH_ROWS = 400_000
# The first frame is small, so that it is being stored while the second is read and checked.
FIRST_ROWS = 50_000
Convert = Callable[[pl.LazyFrame], pl.LazyFrame]


def scan_panel(path: Path) -> pl.LazyFrame:
    """The known columns of a Parquet file under our names. Raises: NotPrices; OSError and PolarsError: unreadable."""
    table = pl.scan_parquet(path)
    header = table.collect_schema().names()
    columns = column_names(header)
    require(columns)
    return table.select(pl.col(header[place]).alias(name) for name, place in columns.items())


def rows_of(path: Path) -> int:
    """The number of rows of a Parquet file, from its footer."""
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def whole_symbols(table: pl.LazyFrame, convert: Convert, wanted: Collection[str] | None) -> Iterator[pl.DataFrame]:
    """`convert(table)` in frames of about 400,000 rows, the first of 50,000; no symbol is in two frames.

    A table that already keeps each symbol together is streamed; any other is sorted, which takes all of it in memory.
    `wanted`: canonical symbols, None for all; rows whose code is unreadable always come along.
    """
    runs = _runs(table)
    if runs["symbol"].n_unique() < runs.height:
        table = convert(table).collect().sort("symbol", "session_date").lazy()
        runs, convert = _runs(table), _unchanged
    for start, length in _ranges(runs, wanted):
        yield convert(table.slice(start, length)).collect()


def _runs(table: pl.LazyFrame) -> pl.DataFrame:
    """`symbol, start, length` of every run of equal symbols, in the order of the table."""
    codes = table.select("symbol").collect()["symbol"].cast(pl.String)
    runs = codes.rle().struct.unnest().select(symbol="value", length="len")
    return runs.with_columns(start=pl.col("length").cum_sum() - pl.col("length"))


def _ranges(runs: pl.DataFrame, wanted: Collection[str] | None) -> Iterator[tuple[int, int]]:
    """Start and length of stretches of neighbouring runs, each about BATCH_ROWS rows long, the first FIRST_ROWS."""
    if wanted is not None:
        symbol = canonical_symbols(pl.col("symbol"))
        runs = runs.filter(symbol.is_in(list(wanted)) | symbol.is_null())
    first, after, enough = 0, 0, FIRST_ROWS
    for start, length in runs.select("start", "length").iter_rows():
        if after - first >= enough or start != after:
            if after > first:
                yield first, after - first
                enough = BATCH_ROWS
            first = start
        after = start + length
    if after > first:
        yield first, after - first


def _unchanged(table: pl.LazyFrame) -> pl.LazyFrame:
    return table
