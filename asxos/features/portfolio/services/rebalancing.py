"""From a portfolio as it stands to the orders that bring it nearer a target, after costs and tax; nothing is stored."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from asxos.core.clock import Clock
from asxos.domain.calendar import sydney_date
from asxos.domain.costs import Broker, tariff_of
from asxos.domain.money import ZERO
from asxos.domain.rebalancing.covariance import shrunk_covariance
from asxos.domain.rebalancing.problem import NO_LIMITS, SESSIONS_A_YEAR, Limits, Problem
from asxos.domain.rebalancing.proposal import LimitsNotMet, Proposal, propose
from asxos.domain.rebalancing.targets import Target, best_expected, by_size, equal, inverse_volatility
from asxos.domain.tax.rules import Entity
from asxos.domain.tax.standing import Standing
from asxos.features.portfolio.records import Portfolio
from asxos.features.portfolio.services.candidates import Candidates, CandidateService, LeftAlone
from asxos.features.portfolio.services.errors import LimitNotMet, NothingToRebalance
from asxos.features.portfolio.services.holdings import HoldingsService, Valuation
from asxos.features.portfolio.services.ports import Prices, Taxes

FloatArray = NDArray[np.float64]

HORIZON = 21
"""Sessions that expected returns are of."""
RATES: Mapping[Entity, Decimal] = {
    Entity.SUPER_FUND: Decimal("0.15"),
    Entity.COMPANY: Decimal("0.30"),
}
"""Of tax on income. Source: Income Tax Rates Act 1986, ss 23 and 26; a base-rate entity's 25 % has to be said."""
TOP_RATE = Decimal("0.47")
"""The highest rate of a person with the Medicare levy, taken where none is said: sales are then dearest."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for. `cash`: A$ to invest beside the ledger's. `rate`: instead of the portfolio's own.

    `top`: how many of the best-ranked shares that are not held may be bought. `risk_aversion`: what a variance of 1 a
    year costs, twice, as a fraction of the value.
    """

    target: Target = Target.EQUAL
    limits: Limits = NO_LIMITS
    cash: Decimal = ZERO
    rate: Decimal | None = None
    top: int = 0
    risk_aversion: float = 4.0


@dataclass(frozen=True)
class Rebalancing:
    """A proposal and what it went by."""

    portfolio: Portfolio
    wanted: Wanted
    as_of: date
    on: date
    signals_as_of: date | None
    proposal: Proposal
    left_alone: tuple[LeftAlone, ...]
    assumptions: tuple[str, ...]
    simulated: bool


class RebalancingService:
    """Reads everything, then solves in a thread of its own."""

    def __init__(
        self, holdings: HoldingsService, candidates: CandidateService, *, taxes: Taxes, prices: Prices, clock: Clock
    ) -> None:
        self.holdings = holdings
        self.candidates = candidates
        self.taxes = taxes
        self.prices = prices
        self.clock = clock

    async def propose(self, owner: str, id: int, wanted: Wanted) -> Rebalancing:
        """The orders most worth doing on the next session.

        Raises: UnknownPortfolio; NothingToRebalance; LimitNotMet; what signals raise when shares are to be chosen by
        them and there are none.
        """
        valuation = await self.holdings.value(owner, id)
        if valuation.as_of is None:
            raise NothingToRebalance("no prices are stored, so nothing can be valued")
        on = await self._next_session(valuation.as_of)
        standing = await self.taxes.standing(owner, id, on)
        found = await self.candidates.find(valuation, standing, on, wanted.target, wanted.top)
        rate, assumptions = _rate(valuation.portfolio, wanted)
        cash, notes = _cash(valuation, wanted)
        _check(found, cash)
        try:
            proposal = await asyncio.to_thread(
                _solve, found, standing, wanted, valuation.portfolio.broker, on, cash=float(cash), rate=float(rate)
            )
        except LimitsNotMet as error:
            raise LimitNotMet(str(error)) from error
        return Rebalancing(
            portfolio=valuation.portfolio,
            wanted=wanted,
            as_of=valuation.as_of,
            on=on,
            signals_as_of=found.signals_as_of,
            proposal=proposal,
            left_alone=found.left_alone,
            assumptions=(*assumptions, *notes),
            simulated=valuation.simulated,
        )

    async def _next_session(self, as_of: date) -> date:
        """The first session after the prices' and not before today."""
        first = max(as_of + timedelta(days=1), sydney_date(self.clock.now()))
        return next(iter(await self.prices.sessions(first, first + timedelta(days=14))), first)


def _solve(
    found: Candidates, standing: Standing, wanted: Wanted, broker: str, on: date, *, cash: float, rate: float
) -> Proposal:
    """Expected returns are beyond the median share's, so their risk is measured from holding all alike."""
    is_expected = wanted.target is Target.EXPECTED
    covariance = shrunk_covariance(found.returns)
    problem = Problem(
        shares=found.shares,
        target=_target(found, covariance, wanted.target),
        covariance=covariance,
        cash=cash,
        tariff=tariff_of(Broker(broker), on),
        standing=standing,
        rate=rate,
        on=on,
        limits=wanted.limits,
        risk_aversion=wanted.risk_aversion,
        years=HORIZON / SESSIONS_A_YEAR if is_expected else 1.0,
    )
    return propose(problem, best_expected(problem) if is_expected else problem.target)


def _target(found: Candidates, covariance: FloatArray, target: Target) -> FloatArray:
    match target:
        case Target.INVERSE_VOLATILITY:
            return inverse_volatility(covariance)
        case Target.INDEX:
            return by_size([found.market_caps[share.code] for share in found.shares])
        case Target.EQUAL | Target.EXPECTED:
            return equal(len(found.shares))


def _rate(portfolio: Portfolio, wanted: Wanted) -> tuple[Decimal, tuple[str, ...]]:
    """The tax rate, and what had to be assumed of it."""
    said = wanted.rate if wanted.rate is not None else portfolio.marginal_rate
    if said is not None:
        return said, ()
    rate = RATES.get(Entity(portfolio.entity), TOP_RATE)
    return rate, (f"No marginal tax rate is set: {rate:.0%} is taken",)


def _cash(valuation: Valuation, wanted: Wanted) -> tuple[Decimal, tuple[str, ...]]:
    """A$ to spend, and what had to be assumed of it."""
    if valuation.cash is None:
        return wanted.cash, ("The ledger keeps no cash: purchases are paid by sales and what was said to be at hand",)
    if valuation.cash < 0:
        return wanted.cash, (f"The ledger's cash is A${valuation.cash:,.2f}: none of it is taken to be at hand",)
    return valuation.cash + wanted.cash, ()


def _check(found: Candidates, cash: Decimal) -> None:
    """Raises: NothingToRebalance."""
    if not found.shares:
        why = "; ".join(f"{left.code}: {left.reason}" for left in found.left_alone[:5])
        raise NothingToRebalance(
            f"nothing can be traded: {why or 'nothing is held and no shares were asked for (top)'}"
        )
    if cash <= 0 and not any(share.units for share in found.shares):
        raise NothingToRebalance("nothing is held and there is no cash to invest")
