"""A broker's file as rows of text with their line numbers, whatever it is: CSV, tab-separated text or a workbook."""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from python_calamine import CalamineError, CalamineWorkbook

from asxos.core.errors import BadInput

MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
"""A workbook that unpacks to more is a bomb."""
MOST_ROWS = 200_000
LONGEST_CELL = 10_000
_ZIP = b"PK\x03\x04"
# Holder and reference numbers of CHESS and the registries, and the account numbers that stand in narrations.
_PERSONAL = re.compile(
    r"\b([XI])(\d{6})(\d{4})\b|\b(\d{2,4})(\d{3,8})(\d{3})\b(?=.*(?:account|a/c|bsb))", re.IGNORECASE
)
_LEADING = re.compile(r"(account(?: number| no\.?)?\s*[:=]?\s*)(\d[\d -]{4,})", re.IGNORECASE)


class UnreadableFile(BadInput):
    """The file cannot be read as rows at all; the message says why."""


@dataclass(frozen=True)
class Row:
    """One row. `line`: 1-based in its file, or in its sheet."""

    line: int
    cells: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """As delivered, but for holder and account numbers, which are masked."""
        return mask("\t".join(self.cells))

    @cached_property
    def sha256(self) -> str:
        """Of the row as delivered; no personal number can be had from it but by trying them all."""
        return hashlib.sha256("\t".join(self.cells).encode()).hexdigest()

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """The rows of a text file (no name) or of one sheet of a workbook."""

    name: str | None
    rows: tuple[Row, ...]


def read_sheets(data: bytes, name: str) -> list[Sheet]:
    """Every sheet of the file. Raises: UnreadableFile."""
    if len(data) > MOST_BYTES:
        raise UnreadableFile(f"{name}: larger than {MOST_BYTES // 1024 // 1024} MB")
    if not data.strip():
        raise UnreadableFile(f"{name}: the file is empty")
    return _workbook(data, name) if data.startswith(_ZIP) else [_text(data, name)]


def mask(text: str) -> str:
    """Holder identification and account numbers with all but their ends hidden."""
    hidden = _PERSONAL.sub(lambda m: f"{m[1]}******{m[3]}" if m[1] else f"{'*' * len(m[4] + m[5])}{m[6]}", text)
    return _LEADING.sub(lambda m: m[1] + "*" * max(len(m[2]) - 3, 0) + m[2][-3:], hidden)


def _text(data: bytes, name: str) -> Sheet:
    """UTF-8 with or without its mark, UTF-16 by its mark, else the Windows code page."""
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile(f"{name}: holds zero bytes; it is not a text file")
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n")
    if any(len(line) > LONGEST_CELL * 10 for line in text.split("\n", 20)[:20]):
        raise UnreadableFile(f"{name}: a line is far too long")
    head = text[:20_000]
    separator = max("\t;,", key=lambda sign: (head.count(sign), sign == ","))
    try:
        rows = tuple(_numbered(text, separator, name))
    except csv.Error as error:
        raise UnreadableFile(f"{name}: {error}") from error
    return Sheet(None, rows)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _numbered(text: str, separator: str, name: str) -> Iterator[Row]:
    reader, before = csv.reader(io.StringIO(text), delimiter=separator), 0
    for cells in reader:
        if before >= MOST_ROWS:
            raise UnreadableFile(f"{name}: more than {MOST_ROWS:,} rows")
        # A quoted cell may span lines: the row is where it begins.
        yield Row(before + 1, tuple(cell[:LONGEST_CELL] for cell in cells))
        before = reader.line_num


def _workbook(data: bytes, name: str) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise UnreadableFile(f"{name}: unpacks to over {MOST_UNPACKED // 1024 // 1024} MB")
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [_sheet(book, sheet, name) for sheet in book.sheet_names]
    except (CalamineError, zipfile.BadZipFile) as error:
        raise UnreadableFile(f"{name}: is not a workbook that can be read: {error}") from error


def _sheet(book: CalamineWorkbook, sheet: str, name: str) -> Sheet:
    values = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    if len(values) > MOST_ROWS:
        raise UnreadableFile(f"{name}: more than {MOST_ROWS:,} rows")
    return Sheet(sheet, tuple(Row(line, tuple(map(_cell, cells))) for line, cells in enumerate(values, start=1)))


def _cell(value: object) -> str:
    """A spreadsheet's value as the text that a CSV file would hold."""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float):
        # 15 digits are what a spreadsheet keeps; more are the shadow of binary fractions.
        return f"{value:.15g}" if abs(value) < 1e15 else repr(value)
    return str(value)[:LONGEST_CELL]
