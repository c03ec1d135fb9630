"""Reading a file of facts, CSV or Parquet, into its own columns under our names, each row with its line."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from asxos.features.fundamentals.records import COMPANIES, SHORT_POSITIONS, Book
from asxos.features.fundamentals.services.asic import find_report, unfolded
from asxos.features.fundamentals.services.columns import Named, is_of_facts, named_columns
from asxos.features.fundamentals.services.errors import BadFactsFile

# A header stands below a few lines of title at most.
HEADER_WITHIN = 20


@dataclass(frozen=True)
class FactsFile:
    """`rows`: `line` and the known columns as the file has them, named as in `columns`, text or typed."""

    path: Path
    rows: pl.DataFrame
    columns: dict[str, Named]

    @property
    def book(self) -> Book:
        """The table that these facts belong in."""
        is_of_shorts = any(name in self.columns for name in SHORT_POSITIONS.figures)
        return SHORT_POSITIONS if is_of_shorts else COMPANIES


def files_of(path: Path) -> list[Path]:
    """The file itself, or what is in the folder."""
    return sorted(path.iterdir()) if path.is_dir() else [path]


def read_facts(path: Path, only: Book | None = None) -> FactsFile:
    """The file, recognised by its columns. Raises: BadFactsFile: unreadable, or no table of facts (of `only` such)."""
    try:
        table = _parquet(path) if path.suffix == ".parquet" else _csv(path)
    except (OSError, EOFError, PolarsError) as error:
        raise BadFactsFile(path, str(error)) from error
    file = recognised(path, table)
    if only is not None and file.book is not only:
        raise BadFactsFile(path, f"a table of {file.book.words}, not of {only.words}")
    return file


def recognised(path: Path, table: pl.DataFrame) -> FactsFile:
    """A table, with the `line` of each row, by its columns. Raises: BadFactsFile: it is not one of facts."""
    columns = named_columns(table.columns)
    if absent := _absent(columns):
        raise BadFactsFile(path, f"not a table of facts about companies: no column {absent}")
    rows = table.select("line", *(pl.col(c.theirs).alias(c.ours) for c in columns.values()))
    return FactsFile(path, rows, columns)


def _absent(columns: dict[str, Named]) -> str | None:
    """What a table of facts must have and this one has not."""
    if "symbol" not in columns:
        return "symbol"
    if "as_of" not in columns and "published" not in columns:
        return "published"
    return None if is_of_facts(columns) else "of figures that we know"


def _parquet(path: Path) -> pl.DataFrame:
    return lined(pl.read_parquet(path), 1)


def _csv(path: Path) -> pl.DataFrame:
    """Every field as text; `line` is the line of the file."""
    head = _head(path)
    if (report := find_report(head)) is not None:
        return unfolded(path, report)
    header = next((i for i, text in enumerate(head) if len(named_columns(text.split(","))) > 1), 0)
    table = pl.read_csv(path, skip_rows=header, infer_schema=False, truncate_ragged_lines=True, encoding="utf8-lossy")
    return lined(table, header + 2).filter(~pl.all_horizontal(pl.exclude("line").is_null()))


def lined(table: pl.DataFrame, first: int) -> pl.DataFrame:
    """The table with the `line` of each row, counted from `first`."""
    return table.drop("line", strict=False).with_row_index("line", offset=first)


def _head(path: Path) -> list[str]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        return [line.decode("utf-8", "replace") for line, _ in zip(file, range(HEADER_WITHIN), strict=False)]
