"""A rebalancing asked for and proposed, as JSON. Money is strings; weights, limits and risks are fractions."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from asxos.core.amounts import Exact, Money
from asxos.domain.money import exact
from asxos.domain.rebalancing.problem import Limits
from asxos.domain.rebalancing.proposal import Proposal, Proposed
from asxos.domain.rebalancing.targets import Target
from asxos.features.portfolio.schemas.portfolios import PortfolioOut
from asxos.features.portfolio.services.candidates import LeftAlone
from asxos.features.portfolio.services.rebalancing import Rebalancing, Wanted

Fraction = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Rate = Annotated[Decimal, Field(ge=0, le=1, max_digits=5, decimal_places=4)]
NOT_ADVICE = "A calculation, not advice; nothing is stored and no order is placed."


class RebalanceIn(BaseModel):
    """What is wanted; everything has a default.

    `turnover`: half of all that is bought and sold, at most. `min_benefit` (A$) and `min_benefit_share` (of the value):
    what less is worth is not done. `top`: the best-ranked shares not held that may be bought. `cash`: A$ to invest
    beside the ledger's. `risk_aversion`: of the variance a year, half of it times this is what risk costs.
    """

    model_config = ConfigDict(extra="forbid")

    target: Target = Target.EQUAL
    turnover: Fraction | None = 0.2
    max_position: Fraction | None = None
    max_sector: Fraction | None = None
    min_benefit: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] = 50.0
    min_benefit_share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    top: Annotated[int, Field(ge=0, le=40)] = 0
    cash: Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=2)] = Decimal(0)
    marginal_rate: Rate | None = None
    risk_aversion: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = 4.0

    def wanted(self) -> Wanted:
        """As the service takes it."""
        limits = Limits(self.turnover, self.max_position, self.max_sector, self.min_benefit, self.min_benefit_share)
        return Wanted(self.target, limits, self.cash, self.marginal_rate, self.top, self.risk_aversion)


class SoldParcelOut(BaseModel):
    parcel: str
    acquired: date | None
    quantity: Exact
    cost_base: Money | None


class RebalanceOrderOut(BaseModel):
    """One order. `price`: the latest close. `tax`: what it adds to the year's after the orders before it.

    `risk_before`, `risk_after`: its share of the portfolio's variance. `volatility_without`: the portfolio's a year,
    were every order but this one done.
    """

    symbol: str
    side: str
    quantity: int
    price: float
    value: Money
    brokerage: Money
    spread: Money
    impact: Money
    tax: Money
    reason: str
    parcels: list[SoldParcelOut]
    weight_before: float
    weight_after: float
    target: float
    risk_before: float
    risk_after: float
    volatility_without: float

    @classmethod
    def of(cls, proposed: Proposed) -> Self:
        order = proposed.order
        return cls(
            symbol=order.share.code,
            side="buy" if order.units > 0 else "sell",
            quantity=abs(order.units),
            price=order.share.price,
            value=exact(order.value),
            brokerage=exact(order.brokerage),
            spread=exact(order.spread),
            impact=exact(order.impact),
            tax=proposed.tax,
            reason=proposed.reason,
            parcels=[
                SoldParcelOut(parcel=p.id, acquired=p.acquired, quantity=p.quantity, cost_base=p.cost_base)
                for p in order.parts()
            ],
            weight_before=proposed.weight_before,
            weight_after=proposed.weight_after,
            target=proposed.target,
            risk_before=proposed.risk_before,
            risk_after=proposed.risk_after,
            volatility_without=proposed.volatility_without,
        )


class WeightOut(BaseModel):
    symbol: str
    before: float
    target: float
    after: float


class LeftAloneOut(BaseModel):
    symbol: str
    reason: str

    @classmethod
    def of(cls, left: LeftAlone) -> Self:
        return cls(symbol=left.code, reason=left.reason)


class BeforeAfterOut(BaseModel):
    before: float
    after: float


class CashOut(BaseModel):
    before: Money
    after: Money


class RebalanceOut(BaseModel):
    """The orders, or none with the reason why, and the portfolio before and after them.

    `value`: of what may be traded, with `cash`. `benefit`: less risk and more expected return over `years`, less cost
    and tax. `gap`: no orders within the limits have a benefit larger by more than this fraction of the best found,
    whose benefit is `best_benefit`. `distance`: half the sum of the weights' differences from the target.
    """

    portfolio: PortfolioOut
    target: Target
    as_of: date
    on: date
    signals_as_of: date | None
    simulated: bool
    reason: str
    orders: list[RebalanceOrderOut]
    weights: list[WeightOut]
    value: Money
    cash: CashOut
    volatility: BeforeAfterOut
    tracking_error: BeforeAfterOut
    distance: BeforeAfterOut
    turnover: float
    cost: Money
    tax: Money
    improvement: Money
    benefit: Money
    best_benefit: Money
    years: float
    gap: float
    seconds: float
    left_alone: list[LeftAloneOut]
    assumptions: list[str]
    disclaimer: str = NOT_ADVICE

    @classmethod
    def of(cls, found: Rebalancing) -> Self:
        proposal, done, problem = found.proposal, found.proposal.done, found.proposal.problem
        return cls(
            portfolio=PortfolioOut.of(found.portfolio),
            target=found.wanted.target,
            as_of=found.as_of,
            on=found.on,
            signals_as_of=found.signals_as_of,
            simulated=found.simulated,
            reason=proposal.reason,
            orders=[RebalanceOrderOut.of(order) for order in proposal.orders],
            weights=_weights(proposal),
            value=exact(problem.total),
            cash=CashOut(before=exact(problem.cash), after=exact(done.cash)),
            volatility=_pair(proposal.volatility),
            tracking_error=_pair(proposal.tracking_error),
            distance=_pair(proposal.distance),
            turnover=done.turnover,
            cost=exact(done.cost),
            tax=done.tax,
            improvement=exact(done.improvement),
            benefit=exact(done.benefit),
            best_benefit=exact(proposal.best.orders.benefit),
            years=problem.years,
            gap=proposal.best.gap,
            seconds=proposal.best.seconds,
            left_alone=[LeftAloneOut.of(left) for left in found.left_alone],
            assumptions=list(found.assumptions),
        )


def _weights(proposal: Proposal) -> list[WeightOut]:
    rows = zip(proposal.problem.shares, proposal.weights_before, proposal.target, proposal.weights_after, strict=True)
    return [WeightOut(symbol=s.code, before=float(b), target=float(t), after=float(a)) for s, b, t, a in rows]


def _pair(values: tuple[float, float]) -> BeforeAfterOut:
    return BeforeAfterOut(before=values[0], after=values[1])
