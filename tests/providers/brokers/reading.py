"""Reading made-up and shared broker files in tests."""

import io
from collections.abc import Sequence
from datetime import date

import xlsxwriter

from asxos.providers.brokers.files import BrokerFile, read_broker_file

TODAY = date(2026, 11, 25)
NAMES = {"WESFARMERS LTD": "WES.AX"}


def read(data: bytes | str, name: str = "trades.csv", mapping: dict[str, str] | None = None) -> BrokerFile:
    """A file's bytes, or its text, as the door reads it."""
    raw = data.encode() if isinstance(data, str) else data
    return read_broker_file(raw, name, NAMES.get, TODAY, mapping)


def said(file: BrokerFile) -> list[tuple[object, ...]]:
    """Kind, date, code, units, sum and brokerage of every line."""
    lines = [line.transaction for line in file.lines]
    return [(t.kind.value, t.on.isoformat(), t.code, t.quantity, t.amount, t.brokerage) for t in lines]


def workbook(sheets: dict[str, Sequence[Sequence[object]]]) -> bytes:
    """An XLSX file."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()
