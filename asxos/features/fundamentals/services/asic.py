"""ASIC's own report of short positions: one line a product, two columns a day; turned into one row a day."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from asxos.providers.dates import session_date


class Report(NamedTuple):
    """The 0-based lines of the days and of what the columns are; they differ from year to year."""

    days: int
    header: int


def find_report(head: Sequence[str]) -> Report | None:
    """Where the report begins in the first lines of a file; None when it is none."""
    fields = [[field.strip() for field in line.split(",")] for line in head]
    days = next((i for i, row in enumerate(fields) if len(row) > 2 and session_date(row[2])), None)
    header = next((i for i, row in enumerate(fields) if row[1:2] == ["Product Code"]), None)
    return None if days is None or header is None else Report(days, header)


def unfolded(path: Path, report: Report) -> pl.DataFrame:
    """`line, product_code, date, short_qty, short_pct` as text; what was not reported on a day has no row."""
    table = pl.read_csv(path, has_header=False, infer_schema=False, encoding="utf8-lossy")
    products = table.with_row_index("line", offset=1).slice(report.header + 1)
    code, *pairs = table.columns[1:]
    by_day = zip(table.row(report.days)[2::2], pairs[::2], pairs[1::2], strict=True)
    return pl.concat(_of_day(products, code, *day) for day in by_day)


def _of_day(products: pl.DataFrame, code: str, day: str, quantity: str, percent: str) -> pl.DataFrame:
    found = products.select(
        "line",
        pl.col(code).str.strip_chars().alias("product_code"),
        pl.lit(day).alias("date"),
        pl.col(quantity).str.strip_chars().alias("short_qty"),
        pl.col(percent).str.strip_chars().alias("short_pct"),
    )
    return found.filter(~pl.col("short_qty").fill_null("").is_in(["", "-"]))
