"""Consumer price index numbers from a CSV file: a quarter and its number a line, columns by name."""

import re
from csv import DictReader
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path

from asxos.core.errors import BadInput
from asxos.domain.tax.cpi import quarter_end
from asxos.providers.dates import session_date
from asxos.providers.prices import Refused

QUARTERS = ("quarter", "quarterend", "date", "period", "timeperiod")
NUMBERS = ("number", "indexnumber", "index", "cpi", "value", "obsvalue")
_QUARTER = re.compile(r"(\d{4})[ -]?[Qq]([1-4])")
MOST = Decimal(1_000_000)
GRAIN = Decimal("0.0001")


class BadCpiFile(BadInput):
    """A file of index numbers cannot be read at all."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")


@dataclass(frozen=True)
class CpiFile:
    """Index numbers by the last day of their quarter; `refused`: the lines that say none, with the reason."""

    rows: int
    numbers: dict[date, Decimal]
    refused: tuple[Refused, ...]


def read_cpi(path: Path, today: date) -> CpiFile:
    """Quarters as their last day or as 2024-Q3. Raises: BadCpiFile."""
    try:
        reader = DictReader(StringIO(path.read_text("utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise BadCpiFile(path, str(error)) from error
    names = {re.sub(r"[ _]", "", name).casefold(): name for name in reader.fieldnames or []}
    quarter, number = (next((names[n] for n in known if n in names), None) for known in (QUARTERS, NUMBERS))
    if quarter is None or number is None:
        raise BadCpiFile(path, "needs a column quarter and a column number")
    numbers: dict[date, Decimal] = {}
    refused: list[Refused] = []
    rows = 0
    for row in reader:
        rows += 1
        try:
            day, value = _quarter(row[quarter] or "", today), _number(row[number] or "")
            if numbers.setdefault(day, value) != value:
                raise ValueError(f"another number for the quarter to {day} stands above: {numbers[day]}")
        except ValueError as error:
            refused.append(Refused(path.name, reader.line_num, str(error)))
    return CpiFile(rows, numbers, tuple(refused))


def _quarter(text: str, today: date) -> date:
    text = text.strip()
    if match := _QUARTER.fullmatch(text):
        day = quarter_end(date(int(match[1]), 3 * int(match[2]), 1))
    else:
        day = session_date(text)
    if day is None or day != quarter_end(day):
        raise ValueError(f"'{text}' is neither the last day of a quarter nor a quarter such as 2024-Q3")
    if day >= today:
        raise ValueError(f"the quarter to {day} is not over")
    return day


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"'{text}' is not a number") from None
    if not value.is_finite() or not 0 < value < MOST:
        raise ValueError(f"an index number of {text.strip()} cannot be")
    if value != value.quantize(GRAIN):
        raise ValueError(f"{text.strip()} has more than four decimals")
    return value
