"""A ledger's lines laid over sessions: units held and money moved, one column a code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from asxos.domain.ledger.dividends import income_of
from asxos.domain.ledger.transactions import CASH_ONLY, Kind, Transaction, in_order
from asxos.domain.money import ZERO
from asxos.domain.tax.franking import credit_of

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Transfer:
    """Units that became units of another code on session `day`; a rename takes all, a demerger leaves the parent."""

    day: int
    source: int
    into: int
    units: float
    is_rename: bool


@dataclass(frozen=True, slots=True)
class _Paid:
    """A dividend: the session it went ex (that of its payment where unknown), the session it was paid; A$."""

    ex: int
    on: int
    code: int
    amount: float
    franking: float


@dataclass
class Flows:
    """What lines do to each code on each session; arrays of shape (n_days, n_codes), A$ or units.

    The first day comes before every line. A line on no session counts on the next one. `units`: at the close;
    `scale`: what one unit of the first day is by now; `arrived`: units that came in without a trade; `late`: how many
    lines are after the last day and so not in it; `fees`: account fees, which belong to no code.
    """

    days: tuple[date, ...]
    codes: tuple[str, ...]
    units: FloatArray = field(init=False)
    scale: FloatArray = field(init=False)
    paid_in: FloatArray = field(init=False)
    paid_out: FloatArray = field(init=False)
    income: FloatArray = field(init=False)
    franking: FloatArray = field(init=False)
    arrived: FloatArray = field(init=False)
    transfers: list[Transfer] = field(default_factory=list[Transfer])
    fees: FloatArray = field(init=False)
    late: int = 0

    def __post_init__(self) -> None:
        shape = (len(self.days), len(self.codes))
        self.units, self.scale = np.full(shape, np.nan), np.ones(shape)
        self.paid_in, self.paid_out, self.income, self.franking, self.arrived = (np.zeros(shape) for _ in range(5))
        self.fees = np.zeros(len(self.days))


def codes_of(lines: Sequence[Transaction]) -> tuple[str, ...]:
    """Every code that the lines name, in order."""
    return tuple(sorted({code for line in lines for code in (line.code, line.into) if code}))


def lay(lines: Sequence[Transaction], days: Sequence[date]) -> Flows:
    """The flows of `lines` over `days`, sorted, of which the first is before every line."""
    codes = codes_of(lines)
    laying = _Laying(Flows(tuple(days), codes), {code: place for place, code in enumerate(codes)})
    ordered = in_order(list(lines))
    places = _places(days, [line.on for line in ordered])
    for line, day in zip(ordered, places, strict=True):
        if day < len(days):
            laying.take(line, day)
    laying.flows.late = sum(day >= len(days) for day in places)
    return laying.finished()


def forward(values: FloatArray) -> FloatArray:
    """Each NaN as the last number above it, by column; NaN where there is none."""
    rows = np.where(np.isnan(values), 0, np.arange(len(values))[:, None])
    return np.take_along_axis(values, np.maximum.accumulate(rows, axis=0), axis=0)


def _places(days: Sequence[date], wanted: Sequence[date]) -> list[int]:
    """The first of `days` on or after each date; len(days) where there is none; never the first of all."""
    found = np.searchsorted(np.array(days, "datetime64[D]"), np.array(wanted, "datetime64[D]"))
    return np.maximum(found, 1).tolist()


@dataclass
class _Laying:
    """The ledger as far as it was read; `held`: units by column."""

    flows: Flows
    places: Mapping[str, int]
    held: list[float] = field(init=False)
    paid: list[_Paid] = field(default_factory=list[_Paid])

    def __post_init__(self) -> None:
        self.held = [0.0] * len(self.places)

    def take(self, line: Transaction, day: int) -> None:
        if line.kind in CASH_ONLY:
            if line.kind is Kind.FEE:
                self.flows.fees[day] += _number(line.amount)
            return
        _EFFECTS[line.kind](self, line, day, self.places[line.code or ""])

    def hold(self, day: int, code: int, units: float) -> None:
        self.held[code] = self.flows.units[day, code] = units

    def acquire(self, line: Transaction, day: int, code: int) -> None:
        self.hold(day, code, self.held[code] + _number(line.quantity))
        self.flows.paid_in[day, code] += _number(line.amount) + float(line.brokerage)

    def open(self, line: Transaction, day: int, code: int) -> None:
        """How they were come by is not told, so they count from the close of their day."""
        self.hold(day, code, self.held[code] + _number(line.quantity))
        self.flows.arrived[day, code] += _number(line.quantity)

    def reinvest(self, line: Transaction, day: int, code: int) -> None:
        self.earn(line, day, code)
        self.hold(day, code, self.held[code] + _number(line.quantity))
        self.flows.paid_in[day, code] += _number(line.quantity) * _number(line.price)

    def sell(self, line: Transaction, day: int, code: int) -> None:
        """Units that no line bought bring nothing in: their proceeds are no return on what was held."""
        wanted = _number(line.quantity)
        sold = min(wanted, self.held[code])
        # Float dust of a thousand lines must not be held for ever.
        left = self.held[code] - sold
        self.hold(day, code, left if left > 1e-9 else 0.0)
        self.flows.paid_out[day, code] += (_number(line.amount) - float(line.brokerage)) * sold / wanted

    def earn(self, line: Transaction, day: int, code: int) -> None:
        ex = day if line.ex_date is None else _places(self.flows.days, [line.ex_date])[0]
        self.paid.append(_Paid(min(ex, day), day, code, _number(line.amount), float(credit_of(income_of(line)))))

    def rescale(self, line: Transaction, day: int, code: int) -> None:
        ratio = _number(line.ratio)
        self.hold(day, code, self.held[code] * ratio)
        self.flows.scale[day, code] *= ratio

    def return_capital(self, line: Transaction, day: int, code: int) -> None:
        self.flows.paid_out[day, code] += self.held[code] * _number(line.price)

    def adjust(self, line: Transaction, day: int, code: int) -> None:
        """A cost base adjustment moves neither units nor money."""

    def demerge(self, line: Transaction, day: int, code: int) -> None:
        into, units = self.places[line.into or ""], self.held[code] * _number(line.ratio)
        self.hold(day, into, self.held[into] + units)
        self.flows.transfers.append(Transfer(day, code, into, units, is_rename=False))

    def rename(self, line: Transaction, day: int, code: int) -> None:
        into, units = self.places[line.into or ""], self.held[code]
        self.hold(day, into, self.held[into] + units)
        self.hold(day, code, 0.0)
        self.flows.transfers.append(Transfer(day, code, into, units, is_rename=True))

    def finished(self) -> Flows:
        flows = self.flows
        flows.units[0] = 0.0
        flows.units = forward(flows.units)
        flows.scale = flows.scale.cumprod(axis=0)
        for paid in self.paid:
            day = _earned_on(flows.units[:, paid.code], paid)
            flows.income[day, paid.code] += paid.amount
            flows.franking[day, paid.code] += paid.franking
        return flows


def _earned_on(units: FloatArray, paid: _Paid) -> int:
    """The session it went ex; where nothing was held into that, the last up to its payment that began with units."""
    if units[paid.ex - 1] > 0:
        return paid.ex
    held = np.flatnonzero(units[: paid.on] > 0)
    return int(held[-1]) + 1 if len(held) else paid.on


def _number(value: Decimal | None) -> float:
    return float(value or ZERO)


_EFFECTS: Mapping[Kind, Callable[[_Laying, Transaction, int, int], None]] = {
    Kind.BUY: _Laying.acquire,
    Kind.RIGHTS: _Laying.acquire,
    Kind.OPENING: _Laying.open,
    Kind.DRP: _Laying.reinvest,
    Kind.SELL: _Laying.sell,
    Kind.DIVIDEND: _Laying.earn,
    Kind.SPLIT: _Laying.rescale,
    Kind.CONSOLIDATION: _Laying.rescale,
    Kind.RETURN_OF_CAPITAL: _Laying.return_capital,
    Kind.AMIT: _Laying.adjust,
    Kind.DEMERGER: _Laying.demerge,
    Kind.CODE_CHANGE: _Laying.rename,
}
