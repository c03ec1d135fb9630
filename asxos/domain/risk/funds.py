"""Which holdings are funds that hold others, by what their managers call them."""

import re

_FUND = re.compile(
    r"\b(ETF|ETFS|ETMF|INDEX FUND|TRUST UNITS|ISHARES|VANGUARD|BETASHARES|SPDR|VANECK|GLOBAL X|STATE STREET)\b",
    re.IGNORECASE,
)


def is_fund(name: str | None) -> bool:
    """Whether the name is that of an exchange-traded fund; False where there is no name."""
    return name is not None and _FUND.search(name) is not None
