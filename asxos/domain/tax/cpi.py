"""The consumer price index as tax law indexes by it: quarters, and a factor of three decimals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

THREE = Decimal("0.001")


@dataclass(frozen=True)
class Cpi:
    """Index numbers by the last day of their quarter; `vintage`: when they were taken from their publisher."""

    numbers: Mapping[date, Decimal]
    vintage: date | None = None

    def factor(self, acquired: date, event: date) -> Decimal | None:
        """How much the quarter of `event` is above that of `acquired`; None while either is not published.

        Source: ITAA 1997, s 960-275: the later number over the earlier, to three decimals.
        """
        before, after = self.numbers.get(quarter_end(acquired)), self.numbers.get(quarter_end(event))
        if before is None or after is None:
            return None
        return (after / before).quantize(THREE, ROUND_HALF_UP)


def quarter_end(day: date) -> date:
    """The last day of the calendar quarter."""
    month = (day.month + 2) // 3 * 3
    return date(day.year, month, 31 if month in (3, 12) else 30)
