"""Announcements from files, CSV or Parquet, columns by name; a bad line is refused by its number."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from asxos.core.errors import BadInput
from asxos.domain.calendar import INSTANT, SYDNEY
from asxos.domain.identifiers import canonical_symbols
from asxos.providers.news import NEWS_SCHEMA, NewsBatch
from asxos.providers.prices import Refused

# What files call our columns, compared without case, spaces, dots and underscores.
NAMES = {
    "symbol": ("symbol", "code", "asxcode", "ticker"),
    "known_at": ("knownat", "lodgedts", "lodgedat", "lodged", "publishedat", "datetime", "date"),
    "headline": ("headline", "title"),
    "is_price_sensitive": ("ispricesensitive", "pricesensitive", "pricesens", "sensitive"),
    "pages": ("pages", "numpages"),
}
NEEDED = ("symbol", "known_at", "headline")
MARKS = {**dict.fromkeys(("true", "yes", "y", "1", "$"), True), **dict.fromkeys(("false", "no", "n", "0"), False)}
FORMATS = (
    *("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"),
    *("%d/%m/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M %p"),
)
# The exchange's own page prints them behind the headline: `Cleansing Notice  2  pages  68.1KB`.
SIZE = r"\s+(\d+)\s+pages?\s+[\d.]+\s?[KM]B$"
BLANKS = r"[\s\x00-\x1f]+"
LONGEST = 500
MOST_REFUSED = 100
UNREADABLE = (OSError, EOFError, csv.Error, pl.exceptions.PolarsError)


class NoAnnouncements(BadInput):
    """The file is no table of announcements, or cannot be read at all."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")


@dataclass(frozen=True)
class FileNews:
    """A provider of announcements over files; one of several that is no table of them is refused by name."""

    source: str
    files: tuple[Path, ...]
    is_simulated: bool = False

    def batches(self) -> Iterator[NewsBatch]:
        """A batch a file. Raises: NoAnnouncements: the only file is none."""
        for path in self.files:
            try:
                news, refused = read_news(path)
            except NoAnnouncements as error:
                if len(self.files) == 1:
                    raise
                news, refused = pl.DataFrame(schema=NEWS_SCHEMA), (Refused(path.name, None, str(error)),)
            yield NewsBatch(self.source, news, refused, path.name)


def open_news(path: Path) -> FileNews:
    """The announcements in the file, or in every file of the folder. Raises: NoAnnouncements: there is none."""
    files = tuple(sorted(file for file in path.iterdir() if file.is_file())) if path.is_dir() else (path,)
    if not files:
        raise NoAnnouncements(path, "a folder without files")
    return FileNews(f"file:{path.resolve().name}", files)


def read_news(path: Path) -> tuple[pl.DataFrame, tuple[Refused, ...]]:
    """The announcements of a file as NEWS_SCHEMA, and the lines that are none. Raises: NoAnnouncements."""
    try:
        table = pl.read_parquet(path).with_row_index("line", 1) if path.suffix == ".parquet" else _read_csv(path)
    except UNREADABLE as error:
        raise NoAnnouncements(path, str(error).strip().split("\n", 1)[0]) from error
    columns = _columns(table.columns)
    if absent := [name for name in NEEDED if name not in columns]:
        raise NoAnnouncements(path, f"not a table of announcements: no column {', '.join(absent)}")
    rows = table.select("line", *(pl.col(theirs).alias(ours) for ours, theirs in columns.items()))
    width = table["reason"] if "reason" in table.columns else pl.Series([None], dtype=pl.String)
    read = rows.select(*_parsed(rows)).with_columns(reason=pl.coalesce(width, _reason(rows)))
    bad = read.filter(pl.col("reason").is_not_null())
    good = read.filter(pl.col("reason").is_null()).select(NEWS_SCHEMA.keys()).cast(pl.Schema(NEWS_SCHEMA))
    return good, tuple(_refused(path.name, bad))


def _read_csv(path: Path) -> pl.DataFrame:
    """The fields as text, `line`, and as `reason` that a line has more or fewer than the header; no blank lines."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        rows = [(reader.line_num, row) for row in reader if any(row)]
    due = len(header)
    wrong = [None if len(row) == due else f"{len(row)} fields, {due} are due" for _, row in rows]
    fields = {name: [row[place] if place < len(row) else None for _, row in rows] for place, name in enumerate(header)}
    return pl.DataFrame(
        {**fields, "line": [line for line, _ in rows], "reason": wrong},
        schema={**dict.fromkeys(fields, pl.String), "line": pl.UInt32, "reason": pl.String},
    )


def _columns(header: Sequence[str]) -> dict[str, str]:
    """Our name of each column that we know, and the file's; of several the first in our order."""
    plain = {name.strip().strip("\ufeff").casefold().translate({ord(c): None for c in " ._"}): name for name in header}
    found = {ours: next((plain[name] for name in names if name in plain), None) for ours, names in NAMES.items()}
    return {ours: theirs for ours, theirs in found.items() if theirs is not None}


def _parsed(rows: pl.DataFrame) -> Iterator[pl.Expr]:
    """The rows' columns in our types; null where there is nothing or it cannot be read."""
    headline = pl.col("headline").cast(pl.String)
    yield pl.col("line")
    yield canonical_symbols(pl.col("symbol")).alias("symbol")
    yield instants("known_at", rows.schema["known_at"])
    yield headline.str.replace(SIZE, "").str.replace_all(BLANKS, " ").str.strip_chars().alias("headline")
    yield _marks(rows).alias("is_price_sensitive")
    pages = pl.col("pages") if "pages" in rows.columns else headline.str.extract(SIZE)
    yield pages.cast(pl.Int32, strict=False).alias("pages")


def instants(column: str, kind: pl.DataType) -> pl.Expr:
    """`column` (of type `kind`) as INSTANT, in Sydney time where it has no zone; null where it is no instant."""
    raw = pl.col(column)
    if isinstance(kind, pl.Datetime) and kind.time_zone:
        return raw.cast(INSTANT)
    if isinstance(kind, pl.Datetime):
        return _in_sydney(raw)
    text = raw.cast(pl.String).str.strip_chars().str.replace_all(r"\s+", " ").str.to_uppercase()
    zoned = text.str.replace(" ", "T").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    local = pl.coalesce(
        text.str.replace("T", " ").str.to_datetime(each, time_unit="us", strict=False) for each in FORMATS
    )
    return pl.coalesce(zoned, _in_sydney(local)).alias(column)


def _in_sydney(local: pl.Expr) -> pl.Expr:
    at = local.cast(pl.Datetime("us")).dt.replace_time_zone(SYDNEY.key, ambiguous="earliest", non_existent="null")
    return at.dt.convert_time_zone("UTC")


def _marks(rows: pl.DataFrame) -> pl.Expr:
    """Whether each row is marked; null where it is not said in words that we know."""
    if "is_price_sensitive" not in rows.columns:
        return pl.lit(None, pl.Boolean)
    mark = pl.col("is_price_sensitive")
    if rows.schema["is_price_sensitive"] == pl.Boolean:
        return mark
    return mark.cast(pl.String).str.strip_chars().str.to_lowercase().replace_strict(MARKS, default=None)


def _reason(rows: pl.DataFrame) -> pl.Expr:
    """What is wrong with a row, or null."""
    raw = [rows[name].cast(pl.String).fill_null("") for name in NEEDED]
    symbol, instant, headline = pl.col("symbol"), pl.col("known_at"), pl.col("headline")
    return (
        pl.when(symbol.is_null())
        .then(pl.lit("code '") + raw[0] + pl.lit("' is not an ASX code"))
        .when(instant.is_null())
        .then(pl.lit("'") + raw[1] + pl.lit("' is not a date with a time"))
        .when(headline.fill_null("") == "")
        .then(pl.lit("no headline"))
        .when(headline.str.len_chars() > LONGEST)
        .then(pl.lit(f"a headline of over {LONGEST} characters"))
    )


def _refused(file: str, bad: pl.DataFrame) -> Iterator[Refused]:
    """The bad rows; past MOST_REFUSED of a file only their number."""
    for line, reason in bad.head(MOST_REFUSED).select("line", "reason").iter_rows():
        yield Refused(file, line, reason)
    if bad.height > MOST_REFUSED:
        yield Refused(file, None, f"and {bad.height - MOST_REFUSED:,} more lines with such faults")
