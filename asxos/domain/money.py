"""Money and quantities: exact decimals, divided so that no fraction of a cent is made or lost."""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")
# The finest part of a dollar or of a unit that is kept, as the columns numeric(20, 8) hold it.
GRAIN = Decimal("0.00000001")


def exact(value: float) -> Decimal:
    """The decimal that a price or an amount held as a float was written as: 0.1 is 0.1, not its nearest fraction."""
    return Decimal(repr(float(value)))


def cents(amount: Decimal) -> Decimal:
    """To the cent, halves away from zero: only for what is shown or paid, never between two steps of a calculation."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def part_of(total: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """`total` x `part` / `whole` at GRAIN. The rest is `total` minus it, so that the two always add up exactly."""
    return total if part == whole else (total * part / whole).quantize(GRAIN, ROUND_HALF_UP)
