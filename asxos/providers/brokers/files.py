"""The door for broker files: bytes in, ledger lines out, with the layout that was recognised and what was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from asxos.core.errors import BadInput
from asxos.providers.brokers import commsec, nabtrade, others, sharesight
from asxos.providers.brokers.layouts import (
    HEADER_WITHIN,
    FindCode,
    Layout,
    Line,
    RefusedRow,
    find_layout,
    normalised,
    read_rows,
)
from asxos.providers.brokers.sheets import Row, Sheet, read_sheets

LAYOUTS: tuple[Layout, ...] = (*commsec.LAYOUTS, *nabtrade.LAYOUTS, *sharesight.LAYOUTS, *others.LAYOUTS)


class UnknownLayout(BadInput):
    """No layout has this header; `header` is what the file has, for a mapping to be made from it."""

    def __init__(self, name: str, header: Sequence[str]) -> None:
        super().__init__(f"{name}: no known layout has the columns {', '.join(header) or '(none)'}; give a mapping")
        self.header = list(header)


@dataclass(frozen=True)
class BrokerFile:
    """What a file holds: `layout` (several for a workbook), its lines, and the rows refused or of no concern."""

    layout: str
    broker: str
    lines: tuple[Line, ...]
    refused: tuple[RefusedRow, ...]
    skipped: tuple[RefusedRow, ...]


def read_broker_file(
    data: bytes, name: str, find_code: FindCode, today: date, mapping: Mapping[str, str] | None = None
) -> BrokerFile:
    """Read a file by the layout its header shows, or by `mapping` (plain names to the file's own columns).

    Raises: UnreadableFile, UnknownLayout.
    """
    sheets = read_sheets(data, name)
    renamed = [_mapped(sheet, mapping) for sheet in sheets] if mapping else sheets
    found = [(sheet, *match) for sheet in renamed if (match := find_layout(sheet.rows, LAYOUTS)) is not None]
    if not found:
        raise UnknownLayout(name, _header(sheets))
    read = [read_rows(sheet.rows, layout, header, find_code, today) for sheet, layout, header in found]
    return BrokerFile(
        layout=", ".join(dict.fromkeys(layout.name for _, layout, _ in found)),
        broker=found[0][1].broker,
        lines=tuple(line for rows in read for line in rows.lines),
        refused=tuple(row for rows in read for row in rows.refused),
        skipped=tuple(row for rows in read for row in rows.skipped),
    )


def _mapped(sheet: Sheet, mapping: Mapping[str, str]) -> Sheet:
    """The sheet with the columns of its header called as the mapping says."""
    ours = {normalised(theirs): our for our, theirs in mapping.items()}
    place = next((i for i, row in enumerate(sheet.rows) if _names_all(row, ours)), None)
    if place is None:
        return sheet
    header = sheet.rows[place]
    named = Row(header.line, tuple(ours.get(normalised(cell), cell) for cell in header.cells))
    return replace(sheet, rows=(*sheet.rows[:place], named, *sheet.rows[place + 1 :]))


def _names_all(row: Row, names: Mapping[str, str]) -> bool:
    return set(names) <= {normalised(cell) for cell in row.cells}


def _header(sheets: Sequence[Sheet]) -> list[str]:
    """The widest of the first rows: most likely the header."""
    rows = [row for sheet in sheets for row in sheet.rows[:HEADER_WITHIN]]
    widest = max(rows, key=lambda row: sum(1 for cell in row.cells if cell.strip()), default=None)
    return [cell.strip() for cell in widest.cells if cell.strip()] if widest else []
