"""Price files of text (CSV, CSV.gz, TXT), line by line, so that a bad line is refused by its number."""

import gzip
from io import BytesIO
from pathlib import Path

import polars as pl

from asxos.providers.headers import BYTE_ORDER_MARKS, Layout, find_layout

HEAD_BYTES = 1 << 16
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_layout(path: Path) -> Layout:
    """The layout of the file. Raises: NotPrices; OSError and EOFError: damaged gzip."""
    return find_layout(_decode(_head(path)).splitlines())


def scan_fields(path: Path, layout: Layout) -> pl.LazyFrame:
    """`line`, the known columns as text, and `fault`: what is wrong with the line's number of fields, or null."""
    lines = pl.scan_csv(
        _source(path),
        separator="\x01",
        has_header=False,
        quote_char=None,
        schema={"text": pl.String},
        row_index_name="line",
        row_index_offset=1,
        encoding="utf8-lossy",
        truncate_ragged_lines=True,  # a damaged line may hold the separator itself
    )
    text = pl.col("text").str.strip_chars_start(BYTE_ORDER_MARKS)
    fields = text.str.split_exact(layout.separator, layout.width).alias("fields")
    bars = lines.filter(pl.col("line") >= layout.first, pl.col("text").str.strip_chars() != "")
    return bars.select("line", fields).select("line", _width_fault(layout), *_columns(layout))


def bars_expected(path: Path) -> int:
    """About how many lines the file has, from its size and the length of its first lines."""
    head = _head(path)
    lines = head.count(b"\n") + 1
    if len(head) < HEAD_BYTES:
        return lines
    bytes_a_line = len(head) / lines / (3.5 if path.suffix == ".gz" else 1)  # gzip shrinks price files about 3.5 times
    return int(path.stat().st_size / bytes_a_line)


def _columns(layout: Layout) -> list[pl.Expr]:
    return [_field(place).str.strip_chars(' \t\r"').alias(name) for name, place in layout.columns.items()]


def _width_fault(layout: Layout) -> pl.Expr:
    too_few = _field(layout.width - 1).is_null()
    too_many = _field(layout.width).str.strip_chars().fill_null("") != ""
    which = pl.when(too_few).then(pl.lit("few")).otherwise(pl.lit("many"))
    wrong = pl.format("too {} fields: {} are due", which, pl.lit(layout.width))
    return pl.when(too_few | too_many).then(wrong).alias("fault")


def _field(place: int) -> pl.Expr:
    return pl.col("fields").struct.field(f"field_{place}")


def _source(path: Path) -> Path | BytesIO:
    """The file itself, or its text as UTF-8 where it was UTF-16, which Polars cannot scan."""
    if _head(path)[:2] not in UTF16_MARKS:
        return path
    return BytesIO(_decode(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).encode())


def _decode(data: bytes) -> str:
    return data.decode("utf-16" if data[:2] in UTF16_MARKS else "utf-8", errors="replace")


def _head(path: Path) -> bytes:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        return file.read(HEAD_BYTES)
