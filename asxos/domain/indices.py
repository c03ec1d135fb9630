"""Codes and names of market indices."""

import re

NAMES = {
    "XJO": "S&P/ASX 200",
    "XKO": "S&P/ASX 300",
    "XAO": "All Ordinaries",
    "XTO": "S&P/ASX 100",
    "XFL": "S&P/ASX 50",
    "XTL": "S&P/ASX 20",
    "XSO": "S&P/ASX Small Ordinaries",
}
BROAD = ("XJO", "XKO", "XAO")
"""What a portfolio is compared with, the first that is known."""

_ALIASES = {
    "ASX200": "XJO",
    "AXJO": "XJO",
    "ASX300": "XKO",
    "AXKO": "XKO",
    "ALLORDS": "XAO",
    "AORD": "XAO",
    "ASX100": "XTO",
    "ATOI": "XTO",
    "ASX50": "XFL",
    "AFLI": "XFL",
    "ASX20": "XTL",
    "ATLI": "XTL",
}
_CODE = re.compile(r"[A-Z][A-Z0-9]{2,7}")


class MalformedIndex(ValueError):
    """The text is not the code of an index in any form we know."""

    def __init__(self, text: str) -> None:
        super().__init__(f"'{text}' is not the code of an index")


def canonical_index(text: str) -> str:
    """The exchange's code of an index: `^AXJO`, `ASX200` and `xjo` are XJO. Raises: MalformedIndex."""
    code = text.strip().upper().removeprefix("^").removesuffix(".AX")
    code = _ALIASES.get(code, code)
    if not _CODE.fullmatch(code):
        raise MalformedIndex(text)
    return code
