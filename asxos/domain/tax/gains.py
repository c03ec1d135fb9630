"""Capital gains of a financial year: discounted, indexed or neither, losses applied in the best lawful order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from asxos.domain.ledger.facts import Disposal
from asxos.domain.money import ZERO, part_of
from asxos.domain.tax.rules import LINE, FinancialYear, RulePack, is_held_a_year

Index = Callable[[date, date], Decimal | None]
"""How much prices rose from one date to another, 1.075 for 7.5 %; None while a quarter is not published."""


class Treatment(StrEnum):
    """What becomes of a gain after losses."""

    WHOLE = "whole"
    DISCOUNT = "discount"
    INDEXED = "indexed"


@dataclass(frozen=True, slots=True)
class Gain:
    """One disposal's part under one treatment: a gain above zero, or a loss below; A$."""

    disposal: Disposal
    treatment: Treatment
    amount: Decimal
    is_deferred: bool = False


@dataclass(frozen=True)
class Applied:
    """A gain with the loss set against it and what of it is assessable."""

    gain: Gain
    loss: Decimal
    discount: Decimal

    @property
    def assessable(self) -> Decimal:
        return self.gain.amount - self.loss - self.discount


@dataclass(frozen=True)
class YearOfGains:
    """A financial year's capital gains; A$.

    `unknown`: disposals without a cost base or, after the reform, without a value or an index: their gains are not in
    the sums. `indexed`: the part of the net gain that bears at least the minimum rate.
    """

    year: FinancialYear
    gains: tuple[Applied, ...]
    losses: tuple[Gain, ...]
    brought_forward: Decimal
    carried_forward: Decimal
    unknown: tuple[Disposal, ...]
    even: tuple[Disposal, ...] = ()
    """Disposals that made neither a gain nor a loss."""

    @property
    def total_gains(self) -> Decimal:
        return sum((a.gain.amount for a in self.gains), ZERO)

    @property
    def total_losses(self) -> Decimal:
        return -sum((loss.amount for loss in self.losses), ZERO)

    @property
    def losses_applied(self) -> Decimal:
        return sum((a.loss for a in self.gains), ZERO)

    @property
    def discount(self) -> Decimal:
        return sum((a.discount for a in self.gains), ZERO)

    @property
    def net_capital_gain(self) -> Decimal:
        return sum((a.assessable for a in self.gains), ZERO)

    @property
    def indexed(self) -> Decimal:
        return sum((a.assessable for a in self.gains if a.gain.treatment is Treatment.INDEXED), ZERO)


# A dollar of loss saves a whole dollar here and less there; the law makes discountable gains go before indexed ones.
_LOSS_ORDER = (Treatment.WHOLE, Treatment.DISCOUNT, Treatment.INDEXED)


def gains_of_year(
    disposals: Iterable[Disposal],
    year: FinancialYear,
    pack: RulePack,
    *,
    brought_forward: Decimal = ZERO,
    index: Index | None = None,
) -> YearOfGains:
    """The year's gains under `pack`. `brought_forward`: net losses of earlier years, above zero."""
    of_year = [d for d in disposals if d.on in year]
    split = [(d, parts_of(d, pack, index)) for d in of_year]
    unknown = tuple(d for d, parts in split if parts is None)
    parts = [part for _, found in split if found for part in found]
    losses = tuple(part for part in parts if part.amount < 0)
    pool = brought_forward - sum((part.amount for part in losses), ZERO)
    gains, left = _apply([part for part in parts if part.amount > 0], pool, pack)
    even = tuple(d for d, found in split if found is not None and not any(part.amount for part in found))
    return YearOfGains(year, gains, losses, brought_forward, left, unknown, even)


def years_of_gains(
    disposals: Sequence[Disposal],
    through: FinancialYear,
    pack: Callable[[FinancialYear], RulePack],
    *,
    brought_forward: Decimal = ZERO,
    index: Index | None = None,
) -> list[YearOfGains]:
    """Every year from the first disposal's to `through`, each beginning with the losses that the one before left."""
    first = min((FinancialYear.of(d.on) for d in disposals), default=through)
    found: list[YearOfGains] = []
    for ends in range(min(first.ends, through.ends), through.ends + 1):
        year = FinancialYear(ends)
        done = gains_of_year(disposals, year, pack(year), brought_forward=brought_forward, index=index)
        brought_forward = done.carried_forward
        found.append(done)
    return found


def parts_of(disposal: Disposal, pack: RulePack, index: Index | None) -> list[Gain] | None:
    """A disposal's gains by treatment; None when they cannot be known yet."""
    if not pack.indexes or disposal.on <= LINE:
        return None if disposal.gain is None else [_plain(disposal, pack)]
    return _reformed(disposal, pack, index)


def _plain(disposal: Disposal, pack: RulePack) -> Gain:
    is_discounted = pack.discount > 0 and _held_a_year(disposal.acquired, disposal.on)
    return Gain(disposal, Treatment.DISCOUNT if is_discounted else Treatment.WHOLE, disposal.gain or ZERO)


def _reformed(disposal: Disposal, pack: RulePack, index: Index | None) -> list[Gain] | None:
    """The deferred gain to 30 June 2027, discounted as before, and the one since, over an indexed cost base."""
    own = _since_line(disposal, index)
    if own is None or (disposal.reset_on is not None and disposal.deferred is None):
        return None
    if disposal.deferred is None:
        return [own]
    is_discounted = _held_a_year(disposal.acquired, disposal.on)
    treatment = Treatment.DISCOUNT if is_discounted and pack.discount > 0 else Treatment.WHOLE
    return [Gain(disposal, treatment, disposal.deferred, is_deferred=True), own]


def _since_line(disposal: Disposal, index: Index | None) -> Gain | None:
    """Indexation only shrinks a gain: it neither makes a loss nor adds to one."""
    # Deemed to be bought again on the day after.
    plain, begun = disposal.gain, disposal.reset_on + timedelta(days=1) if disposal.reset_on else disposal.acquired
    if plain is None:
        return None
    if begun is None or not is_held_a_year(begun, disposal.on):
        return Gain(disposal, Treatment.WHOLE, plain)
    if plain <= 0 or disposal.cost_base is None:
        return Gain(disposal, Treatment.INDEXED, plain)
    factor = index(begun, disposal.on) if index else None
    if factor is None:
        return None
    return Gain(
        disposal, Treatment.INDEXED, max(disposal.proceeds - disposal.cost_base * max(factor, Decimal(1)), ZERO)
    )


def _apply(gains: list[Gain], pool: Decimal, pack: RulePack) -> tuple[tuple[Applied, ...], Decimal]:
    """Set the losses against the gains in order; returns them with the losses that are left."""
    applied: list[Applied] = []
    for gain in sorted(gains, key=lambda g: (_LOSS_ORDER.index(g.treatment), g.disposal.on, g.disposal.parcel)):
        loss = min(pool, gain.amount)
        pool -= loss
        rate = pack.discount if gain.treatment is Treatment.DISCOUNT else ZERO
        applied.append(Applied(gain, loss, part_of(gain.amount - loss, rate, Decimal(1))))
    return tuple(applied), pool


def _held_a_year(acquired: date | None, event: date) -> bool:
    """An unknown date of acquisition earns no discount."""
    return acquired is not None and is_held_a_year(acquired, event)
