"""Amounts as every JSON answer writes them: strings, so that no reader rounds them."""

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

from asxos.domain.money import cents

Money = Annotated[Decimal, PlainSerializer(lambda value: f"{cents(value):f}", return_type=str)]
"""A$ to the cent, as a string."""
Exact = Annotated[Decimal, PlainSerializer(lambda value: f"{value.normalize() + 0:f}", return_type=str)]
"""A quantity, a unit price or a rate with every digit it has, as a string."""
