"""Where a financial year stands before sales that are only thought of: what is held, what was sold, losses at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from asxos.domain.ledger.facts import CgtEvent, Disposal
from asxos.domain.ledger.parcels import Method, Parcel
from asxos.domain.money import ZERO
from asxos.domain.tax.gains import Gain, Index, YearOfGains, gains_of_year, parts_of
from asxos.domain.tax.rules import FinancialYear, RulePack


@dataclass(frozen=True)
class Standing:
    """One portfolio's year so far. `disposals` are those of `year`; `brought_forward`: losses of earlier years, A$.

    `credits`: A$ of franking credits this year, by which the 45-day rule is asked or not.
    """

    year: FinancialYear
    pack: RulePack
    parcels: Mapping[str, tuple[Parcel, ...]]
    disposals: tuple[Disposal, ...] = ()
    brought_forward: Decimal = ZERO
    credits: Decimal = ZERO
    index: Index | None = None

    def gains(self, more: Sequence[Disposal] = ()) -> YearOfGains:
        """The year's gains with `more` disposals."""
        disposals = [*self.disposals, *more]
        return gains_of_year(disposals, self.year, self.pack, brought_forward=self.brought_forward, index=self.index)

    def tax_now(self, rate: Decimal) -> Decimal:
        """A$ of tax on the year's gains as they are."""
        return _tax(self.gains(), self.pack, rate)

    def tax(self, rate: Decimal, more: Sequence[Disposal] = ()) -> Decimal:
        """A$ of tax that `more` disposals add to the year's gains, below zero where their losses save some."""
        return _tax(self.gains(more), self.pack, rate) - self.tax_now(rate)

    def parts(self, disposal: Disposal) -> list[Gain] | None:
        """A disposal's gains by treatment; None where they cannot be known."""
        return parts_of(disposal, self.pack, self.index)


def sale_of(parcel: Parcel, on: date, proceeds: Decimal) -> Disposal:
    """The disposal that selling a whole parcel would be; `proceeds` A$ after brokerage."""
    return Disposal(
        transaction=f"sale of {parcel.id}",
        event=CgtEvent.A1,
        code=parcel.code,
        parcel=parcel.id,
        acquired=parcel.acquired,
        on=on,
        quantity=parcel.quantity,
        cost_base=parcel.cost_base,
        proceeds=proceeds,
        method=Method.OWN,
        deferred=parcel.deferred,
        reset_on=parcel.reset_on,
    )


def _tax(gains: YearOfGains, pack: RulePack, rate: Decimal) -> Decimal:
    """At the marginal rate, what was indexed at the minimum rate where that is more."""
    return gains.net_capital_gain * rate + max(pack.minimum_rate - rate, ZERO) * gains.indexed
