"""Which parcels to sell for the least tax: all sales of a year at once, with its losses, to a proven optimum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from asxos.domain.ledger.transactions import Chosen
from asxos.domain.money import ZERO, exact

FloatArray = NDArray[np.float64]

# What a dollar of loss kept for later counts for against a dollar of taxable gain now: it only breaks ties.
KEPT_LOSS = 1e-5
GAP = 1e-9
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A parcel that a sale could take, as it stood at the sale had no sale of the year touched it; A$.

    `quantity` and `cost_base` of the whole parcel; `price`: proceeds a unit after brokerage; `is_discounted`: whether
    a gain on it would be.
    """

    sale: str
    parcel: str
    quantity: Decimal
    cost_base: Decimal
    price: Decimal
    is_discounted: bool

    @property
    def gain_per_unit(self) -> float:
        return float(self.price - self.cost_base / self.quantity)


@dataclass(frozen=True)
class LeastTax:
    """The parcels of each sale, the net capital gain they leave, A$, and the solver's proof: bound and relative gap."""

    chosen: Mapping[str, tuple[Chosen, ...]]
    net_capital_gain: float
    bound: float
    gap: float


class NotSolved(ValueError):
    """The sales cannot be met from the candidates, or the solver found nothing in its time."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What else the year holds, A$, above zero: gains without and with the discount, losses with those of before."""

    whole: Decimal = ZERO
    discounted: Decimal = ZERO
    losses: Decimal = ZERO


NOTHING = Rest()


def least_tax(
    sales: Mapping[str, Decimal], candidates: Sequence[Candidate], discount: Decimal, rest: Rest = NOTHING
) -> LeastTax:
    """Choose parcels so that the year's net capital gain is least; among equals the one that keeps most losses.

    Args: sales: units by sale. discount: of gains held a year, a fraction. Units are whole where all given ones are.
    Raises: NotSolved.
    """
    problem = _Problem(sales, candidates, float(discount), rest)
    found = milp(
        problem.costs,
        integrality=problem.integrality,
        bounds=Bounds(0, problem.most),
        constraints=problem.constraints(),
        options={"mip_rel_gap": GAP, "time_limit": SECONDS},
    )
    if found.x is None:
        raise NotSolved(f"no choice of parcels was found: {found.message}")
    others = float(rest.whole) + (1 - float(discount)) * float(rest.discounted)
    taxable = float(problem.taxable @ found.x) + others
    bound = float(getattr(found, "mip_dual_bound", None) or found.fun) + others
    return LeastTax(_chosen(candidates, found.x), taxable, bound, float(getattr(found, "mip_gap", None) or 0.0))


class _Problem:
    """Columns: units of each candidate, then loss set against undiscounted gains, against discounted ones, and kept."""

    def __init__(
        self, sales: Mapping[str, Decimal], candidates: Sequence[Candidate], discount: float, rest: Rest
    ) -> None:
        self.sales, self.candidates, self.rest = sales, candidates, rest
        gains = np.array([c.gain_per_unit for c in candidates])
        is_discounted = np.array([c.is_discounted for c in candidates], np.bool_) & (discount > 0)
        self.whole = np.where((gains > 0) & ~is_discounted, gains, 0.0)
        self.discounted = np.where((gains > 0) & is_discounted, gains, 0.0)
        self.made = np.where(gains < 0, -gains, 0.0)
        self.taxable = np.concatenate([self.whole + (1 - discount) * self.discounted, [-1.0, -(1 - discount), 0.0]])
        self.costs = self.taxable - np.concatenate([np.zeros(len(candidates) + 2), [KEPT_LOSS]])
        units = [*sales.values(), *(c.quantity for c in candidates)]
        is_whole = all(u == u.to_integral_value() for u in units)
        self.integrality = np.concatenate([np.full(len(candidates), int(is_whole)), np.zeros(3)])
        self.most: Any = np.concatenate([[float(c.quantity) for c in candidates], np.full(3, np.inf)])

    def constraints(self) -> list[LinearConstraint]:
        """Every sale is met, no parcel is sold twice, and losses go no further than gains and losses there are."""
        one, none = np.eye(3), np.zeros(3)
        met = [self._row([float(c.sale == sale) for c in self.candidates], none) for sale in self.sales]
        parcels = sorted({c.parcel for c in self.candidates})
        once = [self._row([float(c.parcel == p) / float(c.quantity) for c in self.candidates], none) for p in parcels]
        within = [self._row(-self.whole, one[0]), self._row(-self.discounted, one[1])]
        balance = [self._row(-self.made, np.ones(3))]
        wanted: Any = [float(units) for units in self.sales.values()]  # scipy types its bounds as numbers only
        most: Any = [float(self.rest.whole), float(self.rest.discounted)]
        return [
            LinearConstraint(csr_array(np.array(met)), wanted, wanted),
            LinearConstraint(csr_array(np.array(once)), -np.inf, 1.0),
            LinearConstraint(csr_array(np.array(within)), -np.inf, most),
            LinearConstraint(csr_array(np.array(balance)), float(self.rest.losses), float(self.rest.losses)),
        ]

    @staticmethod
    def _row(units: FloatArray | list[float], losses: FloatArray) -> FloatArray:
        return np.concatenate([np.asarray(units, np.float64), losses])


def _chosen(candidates: Sequence[Candidate], found: FloatArray) -> dict[str, tuple[Chosen, ...]]:
    chosen: dict[str, tuple[Chosen, ...]] = {}
    for candidate, units in zip(candidates, found, strict=False):
        quantity = exact(round(float(units), 8)).normalize()
        if quantity > 0:
            chosen[candidate.sale] = (*chosen.get(candidate.sale, ()), Chosen(candidate.parcel, quantity))
    return chosen
