"""Which column of a price file is which: by name in any case, or by shape where a file has no header."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asxos.providers.dates import session_date

NAMES = {
    **dict.fromkeys(("symbol", "ticker", "code", "asx_code"), "symbol"),
    **dict.fromkeys(("date", "session_date", "trade_date", "datetime"), "date"),
    **dict.fromkeys(("adj_close", "adjclose", "adjusted_close"), "adj_close"),
    **dict.fromkeys(("volume", "vol"), "volume"),
    **{name: name for name in ("open", "high", "low", "close", "entity", "dividends", "stock_splits")},
}
REQUIRED = ("date", "open", "high", "low", "close", "volume")
HEADERLESS = ("symbol", "date", "open", "high", "low", "close", "volume")
HEADERLESS_CLOSE_SECOND = ("symbol", "date", "open", "close", "high", "low", "volume")
HEADER_WITHIN = 20
BYTE_ORDER_MARKS = "\ufeff\ufffd\u00ff\u00fe"
NUMBER = re.compile(r"-?\d*\.?\d+")


class NotPrices(ValueError):
    """The file is readable but is not a price file that we know; the message says what is missing."""


@dataclass(frozen=True)
class Layout:
    """Where the columns are. `first`: 1-based line of the first bar. `width`: fields on a line."""

    columns: dict[str, int]
    separator: str
    first: int
    width: int
    notes: tuple[str, ...] = ()
    has_header: bool = True


def column_names(fields: Sequence[str]) -> dict[str, int]:
    """Our name and place of every column that we know, by its header. Raises: NotPrices: two are the same."""
    found: dict[str, int] = {}
    for place, field in enumerate(fields):
        name = NAMES.get(re.sub(r"[\s-]+", "_", field.strip(' \t"<>').lower()))
        if name in found:
            raise NotPrices(f"two columns are {name!r}: the {found[name] + 1}. and the {place + 1}.")
        if name:
            found[name] = place
    return found


def require(columns: dict[str, int]) -> None:
    """Raises: NotPrices: a column that every bar needs is missing, or the prices are not as traded."""
    if missing := [name for name in REQUIRED if name not in columns]:
        raise NotPrices(f"not a price file: no column {', '.join(missing)}")
    if "dividends" in columns and "adj_close" not in columns:
        raise NotPrices(
            "prices are adjusted for dividends, not as traded (Dividends but no Adj Close):"
            " download them again with auto_adjust=False"
        )


def find_layout(lines: Sequence[str]) -> Layout:
    """The layout that the first lines of a text file show. Raises: NotPrices: none that we know."""
    if not any(lines):
        raise NotPrices("the file is empty")
    head = [line.lstrip(BYTE_ORDER_MARKS) for line in lines]
    notes = ("a damaged byte-order mark was skipped",) if lines[0][:1] not in ("\ufeff", head[0][:1]) else ()
    return _headerless(head, notes) or _headed(head, notes)


def _headed(lines: Sequence[str], notes: tuple[str, ...]) -> Layout:
    """The layout of the line among the first that names most of our columns."""
    candidates = [_split(line) for line in lines[:HEADER_WITHIN]]
    known = [len(_known(fields)) for _, fields in candidates]
    row = known.index(max(known))
    separator, fields = candidates[row]
    columns = column_names(fields)
    require(columns)
    return Layout(columns, separator, row + 2, len(fields), notes)


def _headerless(lines: Sequence[str], notes: tuple[str, ...]) -> Layout | None:
    """`CODE,date,O,H,L,C,V`, or `O,C,H,L` where the prices themselves say so; None when it is neither."""
    separator, fields = _split(lines[0])
    if len(fields) != len(HEADERLESS) or session_date(fields[1]) is None or not _numbers(fields[2:]):
        return None
    rows = [cells for line in lines if _numbers((cells := line.split(separator))[2:]) and len(cells) == len(HEADERLESS)]
    by_contradictions = sorted((HEADERLESS, HEADERLESS_CLOSE_SECOND), key=lambda names: _contradictions(names, rows))
    columns = {name: place for place, name in enumerate(by_contradictions[0])}
    if by_contradictions[0] != HEADERLESS:
        notes += ("no header: the prices show the order open, close, high, low",)
    return Layout(columns, separator, 1, len(HEADERLESS), notes, has_header=False)


def _contradictions(names: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """On how many rows the high is not the highest or the low not the lowest, read in the order of `names`."""
    high, low = names.index("high"), names.index("low")
    prices = [[float(cell) for cell in row[2:6]] for row in rows]
    return sum(row[high - 2] < max(row) or row[low - 2] > min(row) for row in prices)


def _known(fields: Sequence[str]) -> set[str]:
    return {field.strip(' \t"<>').lower().replace(" ", "_") for field in fields} & NAMES.keys()


def _numbers(fields: Sequence[str]) -> bool:
    return all(NUMBER.fullmatch(field.strip(' "')) for field in fields)


def _split(line: str) -> tuple[str, list[str]]:
    separator = max(",;\t", key=line.count)
    return separator, [field.strip(' \t"\r') for field in line.split(separator)]
