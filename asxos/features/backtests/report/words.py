"""Numbers, dates and names as Australians read them; a value that could not be measured is a dash."""

from datetime import date, datetime
from math import isfinite

from asxos.domain.backtest.study import EQUAL, FRANKED, PRICE, STRATEGY, TURNOVER
from asxos.domain.calendar import SYDNEY

MISSING = "–"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_SERIES = {
    STRATEGY: "Strategy, after costs",
    PRICE: "Strategy, prices only",
    FRANKED: "Strategy, franking credits in",
    EQUAL: "All ranked, equal weight",
    TURNOVER: "All ranked, by turnover",
}


def series(name: str) -> str:
    """What a series is called; an index has its own name."""
    return _SERIES.get(name, name)


def number(value: float | None, digits: int = 2) -> str:
    """With thousands apart and a true minus."""
    if value is None or not isfinite(value):
        return MISSING
    text = f"{abs(value):,.{digits}f}"
    return f"−{text}" if value < 0 and text.strip("0.,") else text


def percent(value: float | None, digits: int = 1) -> str:
    """A fraction: 0.123 is 12.3%."""
    return MISSING if value is None or not isfinite(value) else f"{number(100 * value, digits)}%"


def signed_percent(value: float | None, digits: int = 1) -> str:
    """A fraction with its sign, unless it rounds to nothing."""
    text = percent(value, digits)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.,%") else text


def money(value: float, digits: int = 0) -> str:
    """A$ with its sign before the currency."""
    text = number(value, digits)
    return f"−A${text[1:]}" if text.startswith("−") else f"A${text}"


def day(value: date | str) -> str:
    """28 Jun 2024."""
    at = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def moment(value: datetime) -> str:
    """An instant as the clock in Sydney shows it."""
    local = value.astimezone(SYDNEY)
    return f"{day(local.date())}, {local:%H:%M} Sydney"
