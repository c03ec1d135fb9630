"""A tariff as steps: on each an order costs an amount, or a part of its value."""

from collections.abc import Iterator
from dataclasses import dataclass

from asxos.domain.costs import Tariff


@dataclass(frozen=True)
class Step:
    """Orders of `above` to `up_to` A$ cost `flat` A$ or `rate` of their value; the other is 0."""

    above: float
    up_to: float
    flat: float
    rate: float


def steps_of(tariff: Tariff, least: float, most: float, *, is_buy: bool) -> list[Step]:
    """The steps that orders of `least` to `most` A$ can lie on."""
    cut = [(max(s.above, least), min(s.up_to, most), s) for s in _steps(tariff, is_buy=is_buy)]
    return [Step(above, up_to, s.flat, s.rate) for above, up_to, s in cut if above < up_to]


def _steps(tariff: Tariff, *, is_buy: bool) -> Iterator[Step]:
    below = tariff.first_buy_free_to if is_buy else 0.0
    if below:
        yield Step(0.0, below, 0.0, 0.0)
    for tier in tariff.tiers:
        # A tier that asks for the more of an amount and a rate is two steps.
        turns = tier.flat / tier.rate if tier.rate else tier.up_to
        if turns > below:
            yield Step(below, min(turns, tier.up_to), tier.flat, 0.0)
        if turns < tier.up_to:
            yield Step(max(turns, below), tier.up_to, 0.0, tier.rate)
        below = max(below, tier.up_to)
