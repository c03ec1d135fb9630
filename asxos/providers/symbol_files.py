"""Files named after what they hold: one symbol (`BHP.AX.csv`) or one session (`eod_20190617.txt`)."""

import re
from datetime import date
from pathlib import Path

import polars as pl

from asxos.domain.identifiers import MalformedCode, canonical_symbol
from asxos.providers.dates import session_date
from asxos.providers.headers import NotPrices

ENDINGS = re.compile(r"\.(csv|txt|parquet)(\.gz)?$", re.IGNORECASE)
DAY = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")


def is_price_file_name(path: Path) -> bool:
    """Whether the name ends like a file that we can read."""
    return ENDINGS.search(path.name) is not None


def symbol_of(path: Path) -> str:
    """The symbol that the file is named by: `BHP.AX.csv`, `bhp.au.txt`, `yahoo_BHP.csv`. Raises: NotPrices: none."""
    name = ENDINGS.sub("", path.name)
    for text in (name, name.rsplit("_", 1)[-1]):
        try:
            return canonical_symbol(text)
        except MalformedCode:
            continue
    raise NotPrices(f"no symbol column, and the file's name {name!r} is not an ASX code")


def day_of(path: Path) -> date | None:
    """The session that a daily file is named by, or None."""
    match = DAY.search(path.name)
    return session_date("".join(match.groups())) if match else None


def refuse_other_days(bars: pl.DataFrame, day: date | None) -> pl.DataFrame:
    """A daily file's rows of another day with that as their `reason`; unchanged where no row is of `day`."""
    dates = pl.col("session_date")
    if day is None or not (bars["session_date"] == day).any():
        return bars
    strayed = pl.col("reason").is_null() & (dates != day)
    reason = pl.format("dated {} in the file of {}", dates, pl.lit(day))
    return bars.with_columns(pl.when(strayed).then(reason).otherwise(pl.col("reason")).alias("reason"))
