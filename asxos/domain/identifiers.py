"""One canonical form of an ASX code (`BHP.AX`) for every way that people and vendors write it."""

import re

import polars as pl

ALIAS = re.compile(r"(?:ASX:)?([A-Z0-9]{3,6})(?:\.(?:AX|AU|ASX)| AU(?: EQUITY)?)?")
SUFFIX = ".AX"


class MalformedCode(ValueError):
    """The text is not an ASX code in any of the forms we know (a door answers 422)."""

    status = 422

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is not an ASX code (3-6 letters or digits, such as BHP, BHP.AX or ASX:BHP)")
        self.text = text


def canonical_symbol(text: str) -> str:
    """`BHP`, `bhp.ax`, `BHP.AU`, `ASX:BHP` and `BHP AU Equity` as `BHP.AX`.

    Raises: MalformedCode: the code is not 3-6 ASCII letters or digits.
    """
    if (symbol := _canonical(text)) is None:
        raise MalformedCode(text)
    return symbol


def bare_code(symbol: str) -> str:
    """The code without its market: `BHP` for `BHP.AX`."""
    return canonical_symbol(symbol).removesuffix(SUFFIX)


def canonical_symbols(codes: pl.Expr) -> pl.Expr:
    """A column of codes in canonical form; null where missing or malformed. Each distinct code is parsed once."""
    return codes.cast(pl.String).map_batches(_canonical_series, return_dtype=pl.String, is_elementwise=True)


def _canonical_series(codes: pl.Series) -> pl.Series:
    distinct = codes.unique().drop_nulls()
    symbols = pl.Series([_canonical(text) for text in distinct], dtype=pl.String)
    return codes.replace_strict(distinct, symbols, default=None, return_dtype=pl.String)


def _canonical(text: str) -> str | None:
    match = ALIAS.fullmatch(text.strip().upper())
    return match[1] + SUFFIX if match else None
