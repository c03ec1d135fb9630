"""What a layout is, which one a header shows, and how its rows become ledger lines or are refused."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.domain.money import ZERO
from asxos.providers.brokers import cells
from asxos.providers.brokers.sheets import Row

R = TypeVar("R")

HEADER_WITHIN = 15

FindCode = Callable[[str], str | None]
"""The code of a company by its name, or None: a code is never guessed."""


class Skipped(Exception):
    """A row that is none of the ledger's business; the message says what it is."""


@dataclass(frozen=True)
class Fields:
    """One row under the normalised names of its header."""

    values: Mapping[str, str]
    find_code: FindCode
    today: date

    def text(self, *names: str) -> str:
        """The first of these columns that is there, trimmed; empty when none is."""
        return next((cells.plain(self.values[name]) for name in names if name in self.values), "")

    def day(self, *names: str) -> date:
        """Raises: ValueError: names the column."""
        return _named(names[0], cells.day, self.text(*names))

    def find_day(self, *names: str) -> date | None:
        """None where the cell is empty or the column missing. Raises: ValueError."""
        return self.day(*names) if self.text(*names) else None

    def number(self, *names: str) -> Decimal:
        """Raises: ValueError: names the column."""
        return _named(names[0], cells.number, self.text(*names))

    def find_number(self, *names: str) -> Decimal | None:
        """None where the cell is empty or the column missing. Raises: ValueError."""
        return _named(names[0], cells.number, self.text(*names)) if self.text(*names) else None

    def money(self, *names: str) -> Decimal:
        """A fee or a sum that is nothing where the cell is empty or the column missing. Raises: ValueError."""
        return self.find_number(*names) or ZERO

    def code(self, name: str, market: str | None = None) -> str:
        """Raises: ValueError."""
        return _named(name, lambda text: cells.code(text, self.text(market) if market else None), self.text(name))


@dataclass(frozen=True)
class Draft:
    """A ledger line before it has an id; `reference`: the broker's own number for it."""

    line: Transaction
    reference: str | None = None
    settles: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class Layout:
    """A file that some broker gives. `needed`: normalised names that its header must have.

    `read` makes of a row one draft, or several; raises Skipped or ValueError. `ends`: how the first cell of a row
    begins that ends the data.
    """

    name: str
    broker: str
    needed: frozenset[str]
    read: Callable[[Fields], Draft | Sequence[Draft]]
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A ledger line as read, with where it stood."""

    transaction: Transaction
    row: Row
    reference: str | None
    settles: date | None
    note: str | None


@dataclass(frozen=True)
class RefusedRow:
    line: int
    reason: str
    row: Row


@dataclass
class ReadRows:
    """What became of the rows; every row after the header is in exactly one of the three, blank ones left out."""

    lines: list[Line] = field(default_factory=list[Line])
    refused: list[RefusedRow] = field(default_factory=list[RefusedRow])
    skipped: list[RefusedRow] = field(default_factory=list[RefusedRow])


def normalised(name: str) -> str:
    """A column's name without case, spaces, signs and units: `Unit Price ($)` is `unitprice`."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\(\$\)|\(optional\)|\(a?ud\)", "", name.casefold()))


def find_layout(rows: Sequence[Row], layouts: Iterable[Layout]) -> tuple[Layout, int] | None:
    """The layout whose needed columns the header has, the most demanding one first, and the header's place."""
    known = sorted(layouts, key=lambda layout: -len(layout.needed))
    for place, row in enumerate(rows[:HEADER_WITHIN]):
        names = {normalised(cell) for cell in row.cells}
        for layout in known:
            if layout.needed <= names:
                return layout, place
    return None


def read_rows(rows: Sequence[Row], layout: Layout, header: int, find_code: FindCode, today: date) -> ReadRows:
    """Every row below the header as ledger lines, or why not. An id depends on content alone."""
    names = [normalised(cell) for cell in rows[header].cells]
    width = max((at for at, name in enumerate(names, start=1) if name), default=0)
    found, seen = ReadRows(), Counter[str]()
    for row in rows[header + 1 :]:
        if row.cells and layout.ends and cells.plain(row.cells[0]).startswith(layout.ends):
            break
        if row.is_blank:
            continue
        try:
            if sum(1 for cell in row.cells if cell.strip()) < min(2, width):
                raise ValueError("the line has too few fields")
            drafts = layout.read(Fields(dict(zip(names, row.cells, strict=False)), find_code, today))
            for draft in drafts if isinstance(drafts, Sequence) else [drafts]:
                found.lines.append(_identified(layout.broker, draft, row, seen))
        except Skipped as skipped:
            found.skipped.append(RefusedRow(row.line, str(skipped), row))
        except ValueError as error:
            found.refused.append(RefusedRow(row.line, str(error), row))
    return found


def _identified(broker: str, draft: Draft, row: Row, seen: Counter[str]) -> Line:
    """An id from the broker's own number, else from the content and how often it was seen: two equal fills are real."""
    said = draft.line
    if draft.reference:
        content = f"{broker}|{draft.reference.upper()}|{said.kind.value}|{said.code}"
    else:
        # Units held without a date stand under the day they were read, which must not tell two readings apart.
        when = said.acquired if said.kind is Kind.OPENING else said.on
        parts = (said.kind, when, said.code, said.quantity, said.amount, said.price, said.brokerage)
        content = f"{broker}|{'|'.join(_text(part) for part in parts)}"
        seen[content] += 1
        content += f"|{seen[content]}"
    identified = replace(said, id=hashlib.sha256(content.encode()).hexdigest()[:32])
    return Line(identified, row, draft.reference, draft.settles, draft.note)


def _text(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _named(name: str, parse: Callable[[str], R], text: str) -> R:
    if not text:
        raise ValueError(f"no {name}")
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None
