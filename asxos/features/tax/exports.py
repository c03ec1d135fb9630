"""A financial year as files: CSV, a workbook, and a page made to be printed. No cell can be read as a formula."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from html import escape

import xlsxwriter

from asxos.features.tax.schemas import DisposalOut, DividendOut, TaxYearOut

Cell = str
Rows = Sequence[Sequence[Cell]]

GAINS = (
    *("Code", "Event", "Units", "Acquired", "Sold", "Cost base", "Proceeds", "Gain", "Losses applied", "Discount"),
    *("Assessable", "Parcels by", "Reason"),
)
INCOME = (
    *("Code", "Paid", "Ex-date", "Amount", "Franked", "Franking credit", "Allowed", "Units tested", "Units passed"),
    *("LIC gain", "Reinvested", "Source"),
)
SUMMARY = (
    ("Capital gains", "total_gains"),
    ("Capital losses of the year", "total_losses"),
    ("Losses brought forward", "losses_brought_forward"),
    ("Losses applied", "losses_applied"),
    ("Discount", "discount"),
    ("Net capital gain", "net_capital_gain"),
    ("Losses carried forward", "losses_carried_forward"),
    ("Dividends and distributions", "dividends_total"),
    ("Franking credits", "franking_credits"),
    ("Listed investment company deduction", "lic_deduction"),
    ("Interest", "interest"),
    ("Assessable in all", "assessable"),
)
# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMERIC = "0123456789.-"


def as_csv(found: TaxYearOut) -> bytes:
    """The three tables below one another, in UTF-8 with its mark, as spreadsheets like it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for title, header, rows in _tables(found):
        writer.writerows([[title], header, *([_safe(cell) for cell in row] for row in rows), []])
    return out.getvalue().encode("utf-8-sig")


def as_workbook(found: TaxYearOut) -> bytes:
    """A sheet a table; every amount a number, everything else text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00;-#,##0.00"})
        for title, header, rows in _tables(found):
            sheet = book.add_worksheet(title)
            sheet.write_row(0, 0, header, bold)
            sheet.set_column(0, len(header), 16)
            for number, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    if _is_number(cell):
                        sheet.write_number(number, column, float(cell), money)
                    else:
                        sheet.write_string(number, column, cell)
    return out.getvalue()


def as_page(found: TaxYearOut) -> bytes:
    """One self-contained HTML page with print styles."""
    tables = "".join(
        f"<h2>{escape(title)}</h2><table><thead><tr>{_cells('th', header)}</tr></thead>"
        f"<tbody>{_rows(rows)}</tbody></table>"
        for title, header, rows in _tables(found)
    )
    unknown = f"<p>Not in the sums, for want of a cost: {escape(', '.join(found.unknown_cost))}.</p>"
    return (
        f'<!doctype html><html lang="en-AU"><meta charset="utf-8"><title>Tax {found.fy}: {escape(found.portfolio)}'
        f"</title><style>{_STYLE}</style><h1>{escape(found.portfolio)}, financial year {found.fy}</h1>"
        f"<p>{escape(found.entity.replace('_', ' '))}; parcels by {escape(found.method)}. A calculation from your"
        f" ledger, not advice.</p>{tables}{unknown if found.unknown_cost else ''}</html>"
    ).encode()


def _tables(found: TaxYearOut) -> list[tuple[str, Sequence[str], Rows]]:
    plain = found.model_dump(mode="json")
    summary = [[words, str(plain[name])] for words, name in SUMMARY]
    return [
        ("Summary", ("Item", "A$"), summary),
        ("Capital gains", GAINS, [_gain(d) for d in found.disposals]),
        ("Income", INCOME, [_income(d) for d in found.dividends]),
    ]


def _gain(d: DisposalOut) -> list[Cell]:
    p = d.model_dump(mode="json")
    numbers = (p[name] for name in ("cost_base", "proceeds", "gain", "loss_applied", "discount", "assessable"))
    return [
        *(d.symbol, d.event.value, p["quantity"], _day(d.acquired), _day(d.sold)),
        *map(_known, numbers),
        *(d.method, d.reason or ""),
    ]


def _income(d: DividendOut) -> list[Cell]:
    p = d.model_dump(mode="json")
    names = (
        "amount",
        "franked",
        "franking_credit",
        "franking_credit_allowed",
        "units_tested",
        "units_passed",
        "lic_gain",
    )
    return [
        *(d.symbol, _day(d.paid), _day(d.ex_date)),
        *(_known(p[name]) for name in names),
        *("yes" if d.reinvested else "no", "market record" if d.is_estimated else "your statement"),
    ]


def _known(value: str | None) -> Cell:
    return "unknown" if value is None else value


def _day(day: date | None) -> Cell:
    """`5 Jul 2025`."""
    return "unknown" if day is None else f"{day.day} {day:%b %Y}"


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _is_number(cell) else cell


def _is_number(cell: Cell) -> bool:
    return bool(cell) and all(sign in _NUMERIC for sign in cell) and cell[-1].isdigit()


def _rows(rows: Rows) -> str:
    return "".join(f"<tr>{_cells('td', row)}</tr>" for row in rows)


def _cells(tag: str, row: Sequence[Cell]) -> str:
    return "".join(f"<{tag}{' class=n' if _is_number(cell) else ''}>{escape(cell)}</{tag}>" for cell in row)


_STYLE = (
    "body{font:14px system-ui,sans-serif;margin:2rem;color:#111}h1{font-size:1.4rem}h2{font-size:1.1rem}"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:.25rem .5rem;"
    "border-bottom:1px solid #ccc;text-align:left}td.n{text-align:right;white-space:nowrap}"
    "@media print{body{margin:0;font-size:9pt}thead{display:table-header-group}tr{break-inside:avoid}"
    "@page{size:A4 landscape;margin:12mm}}"
)
