"""A portfolio's past: units laid over real closes, and what was missing among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from asxos.domain.performance.flows import Flows, forward
from asxos.domain.performance.returns import Days

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Gap:
    """A code held over sessions without a bar: its last real close, of `close_of`, was carried over `sessions`."""

    code: str
    sessions: int
    close_of: date


@dataclass(frozen=True)
class History:
    """Holdings day by day, `held` by code, renamed and demerged units moving between columns, and as a `whole`.

    `traded`: by code without those moves, so that it adds up to the whole.

    Arrays of shape (n_days, n_codes): `units` at the close; `has_bar`; `is_priced`: a bar of that session or before.
    What is held and not priced is in no figure; it comes in at its first close.
    """

    codes: tuple[str, ...]
    held: Days
    traded: Days
    whole: Days
    units: FloatArray
    has_bar: NDArray[np.bool_]
    is_priced: NDArray[np.bool_]

    def gaps(self, first: date, last: date) -> list[Gap]:
        """What was carried over from an earlier session, by code."""
        rows = self._rows(first, last)
        carried = (self.units > 0) & self.is_priced & ~self.has_bar & rows
        return [self._gap(carried, place) for place in np.flatnonzero(carried.any(axis=0)).tolist()]

    def unpriced(self, first: date, last: date) -> dict[str, int]:
        """Codes and on how many sessions they were held without any price yet, and so left out."""
        missing = (self.units > 0) & ~self.is_priced & self._rows(first, last)
        counts = missing.sum(axis=0)
        return {code: int(count) for code, count in zip(self.codes, counts, strict=True) if count}

    def _gap(self, carried: NDArray[np.bool_], place: int) -> Gap:
        latest = int(np.flatnonzero(carried[:, place])[-1])
        of = int(np.flatnonzero(self.has_bar[: latest + 1, place])[-1])
        return Gap(self.codes[place], int(carried[:, place].sum()), self.held.days[of])

    def _rows(self, first: date, last: date) -> NDArray[np.bool_]:
        return np.array([first <= day <= last for day in self.held.days])[:, None]


def history(flows: Flows, closes: FloatArray) -> History:
    """The flows valued at `closes` as traded, A$, NaN without a bar; shape (n_days, n_codes)."""
    has_bar = np.isfinite(closes)
    # A close is carried over a split at what it is worth in new units.
    prices = forward(np.where(has_bar, closes, np.nan) * flows.scale) / flows.scale
    priced = np.isfinite(prices)
    prices = np.where(priced, prices, 0.0)
    value = _to_cents(flows.units * prices)
    paid_in = np.where(priced, flows.paid_in, 0.0) + flows.arrived * prices + _first_priced(flows, prices, priced)
    paid_out = np.where(priced, flows.paid_out, 0.0)
    income, franking = (np.where(priced, earned, 0.0) for earned in (flows.income, flows.franking))
    moved_in, moved_out = np.zeros_like(value), np.zeros_like(value)
    for transfer in flows.transfers:
        day, source, into = transfer.day, transfer.source, transfer.into
        worth = value[day - 1, source] if transfer.is_rename else transfer.units * prices[day, into]
        leaves, comes = (priced[day - transfer.is_rename, source], priced[day, into])
        worth = worth if worth or not comes else transfer.units * prices[day, into]
        # Where only one side has a price, its money leaves or enters the whole.
        (moved_out if comes else paid_out)[day, source] += worth * leaves
        (moved_in if leaves else paid_in)[day, into] += worth * comes
    days = flows.days
    held = Days(days, value, paid_in + moved_in, paid_out + moved_out, income, franking)
    traded = Days(days, value, paid_in, paid_out, income, franking)
    return History(flows.codes, held, traded, traded.summed(), flows.units, has_bar, priced)


def closes_of(days: Sequence[date], places: NDArray[np.int64], on: NDArray[np.datetime64], closes: FloatArray,
              width: int) -> FloatArray:  # fmt: skip
    """Rows of (code's place, session, close) as a matrix over `days`, NaN where there is none; others are left out."""
    known = np.array(days, "datetime64[D]")
    rows = np.searchsorted(known, on)
    fits = (rows < len(known)) & (known[np.minimum(rows, len(known) - 1)] == on)
    found = np.full((len(known), width), np.nan)
    found[rows[fits], places[fits]] = closes[fits]
    return found


def _first_priced(flows: Flows, prices: FloatArray, priced: NDArray[np.bool_]) -> FloatArray:
    """The value of units that were held before their first close, on its session."""
    found = np.zeros_like(prices)
    begins = priced[1:] & ~priced[:-1]
    kept = flows.units[:-1] * flows.scale[1:] / flows.scale[:-1] * prices[1:]
    found[1:] = np.where(begins, kept, 0.0)
    return found


def _to_cents(values: FloatArray) -> FloatArray:
    """As a holding's value is shown: halves up, by what the number was written as."""
    return np.floor(values * 100 + 0.5 + 1e-6) / 100
