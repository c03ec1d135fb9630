"""Amounts as JSON writes and takes them: strings, so that nobody on the way rounds them."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from asxos.domain.money import cents

Money = Annotated[Decimal, PlainSerializer(lambda value: f"{cents(value):f}", return_type=str)]
"""A$ to the cent, as a string."""
Exact = Annotated[Decimal, PlainSerializer(lambda value: f"{value.normalize() + 0:f}", return_type=str)]
"""A quantity, a unit price or a rate with every digit it has, as a string."""


def _plain(pattern: str, words: str) -> tuple[BeforeValidator, WithJsonSchema]:
    """A decimal as people write it, nothing else that Python would read as one: no 1e5, NaN, or number of JSON."""

    def read(value: object) -> object:
        if isinstance(value, Decimal) or (isinstance(value, str) and re.fullmatch(pattern, value)):
            return value
        raise ValueError(f"must be {words}")

    schema = {"type": "string", "pattern": f"^({pattern})$", "examples": ["0.5"], "description": words.capitalize()}
    return BeforeValidator(read), WithJsonSchema(schema)


_DIGITS = "[0-9]{1,10}(\\.[0-9]{1,8})?"
_NOT_ZERO = "[0-9]{0,5}[1-9][0-9]{0,5}(\\.[0-9]{1,8})?|[0-9]{1,10}\\.[0-9]{0,7}[1-9]"

SignedIn = Annotated[Decimal, *_plain(f"-?{_DIGITS}", "a decimal in a string, such as -12.5")]
FigureIn = Annotated[Decimal, *_plain(_DIGITS, "a decimal of 0 or more in a string, such as 12.5")]
PositiveIn = Annotated[Decimal, *_plain(_NOT_ZERO, "a decimal above 0 in a string, such as 12.5")]
ShareIn = Annotated[Decimal, *_plain("0(\\.[0-9]{1,10})?|1(\\.0{1,10})?", "a fraction from 0 to 1 in a string")]
