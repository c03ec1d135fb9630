"""Cells of broker files as dates, numbers and codes; a ValueError says what a cell is not."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from asxos.core.errors import BadInput
from asxos.domain.identifiers import MalformedCode, canonical_symbol

# Numbers hold no-break and thin spaces and U+2212 for minus; a leading apostrophe keeps a cell from being read.
_SPACES = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2212": "-", "\u2013": "-"})
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T].*)?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?")
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[A-Za-z]*[ -](\d{4})(?: .*)?")
_MONTHS = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LOCALE = re.compile(r"-?\d{1,3}(?:[. ]\d{3})*,\d{1,2}|-?\d+,\d+")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?")
_PLAIN = re.compile(r"-?\d+(?:\.\d*)?|-?\.\d+")
_FOREIGN = re.compile(r"[A-Z][A-Z0-9.]{0,9}")
EXCHANGES = {
    "ASX": None, "XASX": None, "AX": None, "AU": None,
    "US": "US", "NAS": "US", "NASDAQ": "US", "NYS": "US", "NYSE": "US", "AMEX": "US", "ARCA": "US", "BATS": "US",
    "NZX": "NZ", "NZ": "NZ", "LSE": "LN", "LN": "LN", "LON": "LN", "HKG": "HK", "HKEX": "HK", "HK": "HK",
}  # fmt: skip
"""Markets as brokers write them, and the one name we use for each; None is the ASX."""


def plain(text: str) -> str:
    """The cell with ordinary spaces and minus signs, trimmed."""
    return text.translate(_SPACES).strip().lstrip("'")


def day(text: str) -> date:
    """A date, day before month unless it is ISO, with or without a time behind it. Raises: ValueError."""
    cell = plain(text)
    if match := _ISO.fullmatch(cell):
        year, month, number = map(int, match.groups())
    elif match := _DAY_FIRST.fullmatch(cell):
        number, month, year = map(int, match.groups())
    elif match := _NAMED.fullmatch(cell):
        number, month, year = int(match[1]), _month(match[2]), int(match[3])
    else:
        raise ValueError(f"'{shown(text)}' is not a date")
    try:
        return date(year, month, number)
    except ValueError:
        raise ValueError(f"'{shown(text)}' is not a date") from None


def number(text: str) -> Decimal:
    """A decimal: `1,780.05`, `(1,780.05)` below zero, `$12`, `12,50` where the locale writes so. Raises: ValueError."""
    cell = plain(text)
    is_negative = cell.startswith("(") and cell.endswith(")")
    bare = cell.strip("()").replace("$", "").replace("A$", "").removesuffix("AUD").removesuffix("%").strip()
    if _THOUSANDS.fullmatch(bare):
        bare = re.sub("[, ]", "", bare)
    elif _LOCALE.fullmatch(bare):
        bare = re.sub("[. ]", "", bare).replace(",", ".")
    if not _PLAIN.fullmatch(bare) or len(bare) > 40:
        raise ValueError(f"'{shown(text)}' is not a number")
    try:
        found = Decimal(bare)
    except InvalidOperation:
        raise ValueError(f"'{shown(text)}' is not a number") from None
    return -found if is_negative else found


def code(text: str, market: str | None = None) -> str:
    """`BHP.AX` for an ASX code however written, `NVDA:US` for one of another market. Raises: ValueError."""
    cell = plain(text).upper()
    bare, where = _split_market(cell, plain(market or "").upper())
    if where not in EXCHANGES:
        raise ValueError(f"market '{shown(where)}' is not known")
    country = EXCHANGES[where]
    if country is None:
        try:
            return canonical_symbol(bare)
        except MalformedCode as error:
            raise ValueError(str(error)) from error
    if not _FOREIGN.fullmatch(bare):
        raise ValueError(f"'{shown(text)}' is not a code")
    return f"{bare}:{country}"


class BadCode(BadInput):
    """What was written is no code of any market we know."""


def ledger_code(text: str) -> str:
    """`code` for doors. Raises: BadCode."""
    try:
        return code(text)
    except ValueError as error:
        raise BadCode(str(error)) from error


def is_foreign(code: str) -> bool:
    return ":" in code


def shown(text: str) -> str:
    """The cell as a message may quote it: short, on one line."""
    cell = " ".join(text.split())
    return cell if len(cell) <= 40 else cell[:37] + "..."


def instant_day(moment: datetime | date) -> str:
    """A spreadsheet's date as the text that `day` reads."""
    return moment.isoformat()[:10]


def _month(name: str) -> int:
    """1 to 12; 0, which no date has, for another word."""
    return _MONTHS.index(name.casefold()) if name.casefold() in _MONTHS else 0


def _split_market(cell: str, market: str) -> tuple[str, str]:
    """The code without the market that its own suffix or prefix names, and that market."""
    if cell.startswith("ASX:"):
        return cell.removeprefix("ASX:"), "ASX"
    for sign in (":", "."):
        bare, found, suffix = cell.rpartition(sign)
        if found and suffix in EXCHANGES:
            return bare, suffix
    return cell, market or "ASX"
