"""What is held and what it is worth, as JSON."""

from datetime import date
from typing import Self

from pydantic import BaseModel

from asxos.core.amounts import Exact, Money
from asxos.domain.ledger.facts import Shortfall
from asxos.domain.ledger.parcels import Parcel
from asxos.features.portfolio.schemas.portfolios import PortfolioOut
from asxos.features.portfolio.services.holdings import Holding, Valuation
from asxos.features.portfolio.services.ports import LatestPrice, LatestSignal


class PriceOut(BaseModel):
    """The latest close as traded, with its session and source; `is_stale`: the market has traded on without it."""

    close: float
    session_date: date
    source: str
    change: float | None
    is_stale: bool = False

    @classmethod
    def of(cls, price: LatestPrice | None, *, is_stale: bool = False) -> Self | None:
        if price is None:
            return None
        found = cls.model_validate(price, from_attributes=True)
        return found.model_copy(update={"is_stale": is_stale})


class HeldSignalOut(BaseModel):
    """The ensemble's latest word on the share."""

    as_of: date
    rank: int
    signal: str
    ml_prob: float
    ml_expected_return: float | None
    confidence: float

    @classmethod
    def of(cls, signal: LatestSignal | None) -> Self | None:
        return None if signal is None else cls.model_validate(signal, from_attributes=True)


class ParcelOut(BaseModel):
    id: str
    acquired: date | None
    quantity: Exact
    cost_base: Money | None

    @classmethod
    def of(cls, parcel: Parcel) -> Self:
        return cls(id=parcel.id, acquired=parcel.acquired, quantity=parcel.quantity, cost_base=parcel.cost_base)


class HoldingOut(BaseModel):
    code: str
    name: str | None
    sector: str | None
    quantity: Exact
    cost_base: Money | None
    price: PriceOut | None
    value: Money | None
    gain: Money | None
    day_change: Money | None
    income: Money
    signal: HeldSignalOut | None
    parcels: list[ParcelOut]

    @classmethod
    def of(cls, holding: Holding) -> Self:
        price = holding.price
        return cls(
            code=holding.code,
            name=price.name if price else None,
            sector=price.sector if price else None,
            quantity=holding.quantity,
            cost_base=holding.cost_base,
            price=PriceOut.of(price, is_stale=holding.is_stale),
            value=holding.value,
            gain=holding.gain,
            day_change=holding.day_change,
            income=holding.income,
            signal=HeldSignalOut.of(holding.signal),
            parcels=[ParcelOut.of(parcel) for parcel in holding.parcels],
        )


class ShortfallOut(BaseModel):
    """Units sold that no line bought: what they fetched is known, their gain is not."""

    line: str
    code: str
    on: date
    quantity: Exact
    proceeds: Money

    @classmethod
    def of(cls, short: Shortfall) -> Self:
        return cls(
            line=short.transaction, code=short.code, on=short.on, quantity=short.quantity, proceeds=short.proceeds
        )


class HoldingsOut(BaseModel):
    """A portfolio now. The sums are of what has a price (or a cost base); `unpriced` names the rest."""

    portfolio: PortfolioOut
    as_of: date | None
    simulated: bool
    value: Money | None
    cost_base: Money | None
    gain: Money | None
    day_change: Money | None
    cash: Money | None
    unpriced: list[str]
    shortfalls: list[ShortfallOut]
    holdings: list[HoldingOut]

    @classmethod
    def of(cls, valuation: Valuation) -> Self:
        return cls(
            portfolio=PortfolioOut.of(valuation.portfolio),
            as_of=valuation.as_of,
            simulated=valuation.simulated,
            value=valuation.value,
            cost_base=valuation.cost_base,
            gain=valuation.gain,
            day_change=valuation.day_change,
            cash=valuation.cash,
            unpriced=valuation.unpriced,
            shortfalls=[ShortfallOut.of(short) for short in valuation.shortfalls],
            holdings=[HoldingOut.of(holding) for holding in valuation.holdings],
        )
