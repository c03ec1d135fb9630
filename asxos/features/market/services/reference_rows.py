"""What a line of a reference file says, parsed; a ValueError names what is wrong with it."""

from dataclasses import dataclass
from datetime import date
from math import inf

from asxos.domain.bars.sectors import sector_of
from asxos.domain.identifiers import canonical_symbol
from asxos.domain.indices import canonical_index
from asxos.features.market.services.reference_files import Row
from asxos.providers.dates import session_date

KINDS = {
    "split": "split",
    "split_or_bonus": "split",
    "consolidation": "consolidation",
    "capital_return": "capital_return",
    "dividend": "dividend",
}


@dataclass(frozen=True)
class Action:
    """`factor` multiplies earlier prices; `amount` in A$ a share; `franked` a fraction."""

    code: str
    ex_date: date
    kind: str
    factor: float | None
    amount: float | None
    franked: float | None
    method: str
    is_estimated: bool


@dataclass(frozen=True)
class FormerCode:
    """`code` was what `current` is now, with prices from `first` to `last`."""

    code: str
    current: str
    first: date
    last: date


@dataclass(frozen=True)
class Description:
    code: str
    name: str | None
    sector: str | None
    industry: str | None
    listed_on: date | None
    last_seen: date | None
    is_temporary: bool


@dataclass(frozen=True)
class DatedSector:
    code: str
    sector: str | None
    first: date


def action(row: Row, code: str | None) -> Action:
    """`code`: of the file, where its rows have none. Raises: ValueError."""
    factor, amount, franked = (_number(row, name) for name in ("factor", "amount", "franked"))
    if factor is None and amount is None:
        raise ValueError("neither a factor nor an amount")
    if factor is not None and factor <= 0:
        raise ValueError(f"factor {factor} is not above zero")
    return Action(
        code=code or canonical_symbol(row["symbol"]),
        ex_date=_day(row, "ex_date"),
        kind=KINDS.get(row.get("kind", "").casefold(), "dividend" if factor is None else "adjustment"),
        factor=factor,
        amount=amount,
        # Files write 100, 100 % or 1 for fully franked.
        franked=franked / 100 if franked is not None and franked > 1 else franked,
        method=row.get("method") or "reported",
        is_estimated=_is_true(row, "is_estimated"),
    )


@dataclass(frozen=True)
class IndexLevel:
    """Levels of one session, with dividends `total_return`; None unknown."""

    code: str
    session_date: date
    price: float | None
    total_return: float | None


def index_level(row: Row, code: str | None) -> IndexLevel:
    """`code`: of the file, where its rows have none. Raises: ValueError."""
    price, total = _number(row, "price"), _number(row, "total_return")
    if price is None and total is None:
        raise ValueError("neither a price nor a total return index")
    if any(level is not None and not 0 < level < inf for level in (price, total)):
        raise ValueError("a level is not above zero")
    return IndexLevel(canonical_index(row.get("index") or code or ""), _day(row, "session_date"), price, total)


def former_code(row: Row) -> FormerCode:
    """Raises: ValueError."""
    code, current = canonical_symbol(row["symbol"]), canonical_symbol(row["current"])
    return FormerCode(code, current, _day(row, "first_seen"), _day(row, "last_seen"))


def description(row: Row) -> Description:
    """Raises: ValueError."""
    group = row.get("group") or None
    return Description(
        code=canonical_symbol(row["symbol"]),
        name=row.get("name") or None,
        sector=sector_of(group),
        industry=group if sector_of(group) else None,
        listed_on=_find_day(row, "listed_on"),
        last_seen=_find_day(row, "last_seen"),
        is_temporary=_is_true(row, "is_temporary"),
    )


def dated_sector(row: Row) -> DatedSector:
    """Raises: ValueError."""
    return DatedSector(canonical_symbol(row["symbol"]), sector_of(row.get("group")), _day(row, "first_seen"))


def _day(row: Row, name: str) -> date:
    if (found := session_date(row[name])) is None:
        raise ValueError(f"{name} '{row[name]}' is not a date")
    return found


def _find_day(row: Row, name: str) -> date | None:
    return _day(row, name) if row.get(name) else None


def _number(row: Row, name: str) -> float | None:
    text = row.get(name, "").removesuffix("%").removeprefix("$")
    try:
        return float(text) if text else None
    except ValueError:
        raise ValueError(f"{name} '{row[name]}' is not a number") from None


def _is_true(row: Row, name: str) -> bool:
    return row.get(name, "").casefold() in ("true", "1", "yes", "y")
