"""Tax in the programme: gains by parcel and treatment, losses set against them in the lawful order."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import floor

from asxos.domain.ledger.parcels import Parcel
from asxos.domain.money import exact
from asxos.domain.rebalancing.problem import Problem, Share
from asxos.domain.rebalancing.programme import Programme
from asxos.domain.tax.gains import Gain, Treatment
from asxos.domain.tax.least_tax import KEPT_LOSS
from asxos.domain.tax.standing import sale_of


class TaxRows:
    """The year's tax after the sales. `constant`: A$ of the year's gains before losses, less its tax as it stands."""

    def __init__(self, programme: Programme, problem: Problem, parcels: Sequence[Mapping[str, int]]) -> None:
        """`parcels`: of each share, the column of units sold by parcel id."""
        self.problem = problem
        self.gains: dict[Treatment, dict[int, float]] = defaultdict(dict)
        self.losses: dict[int, float] = {}
        self.units: dict[int, int] = {}
        for share, columns in zip(problem.shares, parcels, strict=True):
            for parcel in share.parcels:
                self.units[columns[parcel.id]] = floor(parcel.quantity)
                self._count(columns[parcel.id], _unit_gains(problem, share, parcel))
        year = problem.standing.gains()
        self.before = {t: sum(float(a.gain.amount) for a in year.gains if a.gain.treatment is t) for t in Treatment}
        self._write(programme, float(year.total_losses + year.brought_forward))
        standing = sum(self.rate(treatment) * gain for treatment, gain in self.before.items())
        self.constant = standing - float(problem.standing.tax_now(exact(problem.rate)))
        self.constant += KEPT_LOSS * float(year.carried_forward)

    def rate(self, treatment: Treatment) -> float:
        """Tax on a dollar of gain."""
        pack, rate = self.problem.standing.pack, self.problem.rate
        match treatment:
            case Treatment.WHOLE:
                return rate
            case Treatment.DISCOUNT:
                return rate * (1 - float(pack.discount))
            case Treatment.INDEXED:
                return max(rate, float(pack.minimum_rate))

    def _count(self, column: int, by_treatment: Mapping[Treatment, float]) -> None:
        for treatment, gain in by_treatment.items():
            if gain > 0:
                self.gains[treatment][column] = gain
            elif gain < 0:
                self.losses[column] = self.losses.get(column, 0.0) - gain

    def _write(self, programme: Programme, losses: float) -> None:
        """What is gained, and how much of the losses each treatment's gains take; the rest of them is kept."""
        used: dict[Treatment, int] = {}
        for treatment, before in self.before.items():
            gained = programme.column(cost=self.rate(treatment))
            used[treatment] = programme.column(cost=-self.rate(treatment))
            negated = {column: -gain for column, gain in self.gains[treatment].items()}
            programme.row({gained: 1.0, **negated}, 0.0, 0.0)
            programme.row({used[treatment]: 1.0, gained: -1.0}, high=before)
        kept = programme.column(cost=-KEPT_LOSS)
        made = {column: -loss for column, loss in self.losses.items()}
        programme.row({kept: 1.0, **dict.fromkeys(used.values(), 1.0), **made}, losses, losses)
        if self.problem.standing.pack.indexes:
            self._discountable_first(programme, used, losses)

    def _discountable_first(self, programme: Programme, used: Mapping[Treatment, int], losses: float) -> None:
        """An indexed gain takes no loss while another is left: the law's order, whatever would save more."""
        first = (Treatment.WHOLE, Treatment.DISCOUNT)
        others = {column: gain for t in first for column, gain in self.gains[t].items()}
        most = losses + sum(loss * self.units[column] for column, loss in self.losses.items())
        most += sum(gain * self.units[column] for column, gain in others.items()) + sum(self.before[t] for t in first)
        is_last = programme.choice()
        programme.row({used[Treatment.INDEXED]: 1.0, is_last: -most}, high=0.0)
        terms = {used[t]: 1.0 for t in first} | {column: -gain for column, gain in others.items()}
        programme.row({**terms, is_last: -most}, low=sum(self.before[t] for t in first) - most)


def _unit_gains(problem: Problem, share: Share, parcel: Parcel) -> dict[Treatment, float]:
    """A$ a unit by treatment, of selling a parcel after the spread."""
    price = exact(share.price * (1 - share.half_spread))
    parts: Sequence[Gain] = problem.standing.parts(sale_of(parcel, problem.on, parcel.quantity * price)) or ()
    found: dict[Treatment, float] = defaultdict(float)
    for part in parts:
        found[part.treatment] += float(part.amount / parcel.quantity)
    return found
