"""The JSON of the tax API. Money and quantities are strings; what is not known is null, never 0."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Self

from pydantic import BaseModel

from asxos.core.amounts import Exact, Money
from asxos.domain.ledger.facts import CgtEvent, Disposal
from asxos.domain.money import ZERO
from asxos.domain.tax.franking import Credit
from asxos.domain.tax.gains import Applied, Gain, YearOfGains
from asxos.domain.tax.least_tax import LeastTax
from asxos.features.tax.services.previews import SaleDates, SalePreview
from asxos.features.tax.services.years import TaxYear


class DisposalOut(BaseModel):
    """One parcel's part of a capital gains event. `gain`: before losses and discount; null: the cost is not known."""

    symbol: str
    event: CgtEvent
    quantity: Exact
    acquired: date | None
    sold: date
    cost_base: Money | None
    proceeds: Money
    gain: Money | None
    deferred_gain: Money | None
    loss_applied: Money
    discount: Money
    assessable: Money | None
    method: str
    reason: str | None
    parcel: str
    transaction: str

    @classmethod
    def of(cls, disposal: Disposal, applied: Sequence[Applied], losses: Sequence[Gain]) -> Self:
        gain = sum((a.gain.amount for a in applied), ZERO) + sum((loss.amount for loss in losses), ZERO)
        return cls(
            symbol=disposal.code,
            event=disposal.event,
            quantity=disposal.quantity,
            acquired=disposal.acquired,
            sold=disposal.on,
            cost_base=disposal.cost_base,
            proceeds=disposal.proceeds,
            gain=None if disposal.cost_base is None else gain,
            deferred_gain=disposal.deferred,
            loss_applied=sum((a.loss for a in applied), ZERO),
            discount=sum((a.discount for a in applied), ZERO),
            assessable=None if disposal.cost_base is None else sum((a.assessable for a in applied), ZERO),
            method=disposal.method.value,
            reason=disposal.reason,
            parcel=disposal.parcel,
            transaction=disposal.transaction,
        )


class DividendOut(BaseModel):
    """One dividend. `units_tested` and `units_passed`: of the 45-day rule; null where it was not asked."""

    symbol: str
    paid: date
    ex_date: date | None
    amount: Money
    franked: Money | None
    franking_credit: Money
    franking_credit_allowed: Money
    units_tested: Exact | None
    units_passed: Exact | None
    lic_gain: Money
    reinvested: bool
    is_estimated: bool
    transaction: str

    @classmethod
    def of(cls, credit: Credit, estimated: frozenset[str]) -> Self:
        income = credit.income
        return cls(
            symbol=income.code,
            paid=income.on,
            ex_date=income.ex_date,
            amount=income.amount,
            franked=income.franked,
            franking_credit=credit.credit,
            franking_credit_allowed=credit.allowed,
            units_tested=credit.units if credit.is_tested else None,
            units_passed=credit.passed if credit.is_tested else None,
            lic_gain=income.lic_gain,
            reinvested=income.reinvested,
            is_estimated=income.transaction in estimated,
            transaction=income.transaction,
        )


class ProofOut(BaseModel):
    """Least tax: the net gain found, the solver's lower bound, and their relative gap."""

    net_capital_gain: float
    bound: float
    gap: float

    @classmethod
    def of(cls, proof: LeastTax | None) -> Self | None:
        return None if proof is None else cls(net_capital_gain=proof.net_capital_gain, bound=proof.bound, gap=proof.gap)


class TaxYearOut(BaseModel):
    """A portfolio's financial year, `fy` as 2025-26. A calculator's sums, not advice."""

    fy: str
    portfolio: str
    entity: str
    method: str
    disposals: list[DisposalOut]
    unknown_cost: list[str]
    total_gains: Money
    total_losses: Money
    losses_brought_forward: Money
    losses_applied: Money
    losses_carried_forward: Money
    discount: Money
    net_capital_gain: Money
    indexed_gain: Money
    dividends: list[DividendOut]
    dividends_total: Money
    franking_credits: Money
    lic_deduction: Money
    interest: Money
    fees: Money
    assessable: Money
    tax: Money | None
    proof: ProofOut | None

    @classmethod
    def of(cls, found: TaxYear) -> Self:
        gains = found.gains
        return cls(
            fy=str(found.year),
            portfolio=found.portfolio.name,
            entity=found.portfolio.entity,
            method=found.method.value,
            disposals=_disposals(gains),
            unknown_cost=sorted({d.code for d in gains.unknown}),
            total_gains=gains.total_gains,
            total_losses=gains.total_losses,
            losses_brought_forward=gains.brought_forward,
            losses_applied=gains.losses_applied,
            losses_carried_forward=gains.carried_forward,
            discount=gains.discount,
            net_capital_gain=gains.net_capital_gain,
            indexed_gain=gains.indexed,
            dividends=[DividendOut.of(credit, found.estimated) for credit in found.credits],
            dividends_total=found.dividends,
            franking_credits=found.franking_credits,
            lic_deduction=found.lic_deduction,
            interest=found.interest,
            fees=found.fees,
            assessable=found.assessable,
            tax=found.tax,
            proof=ProofOut.of(found.proof),
        )


class SaleDatesOut(BaseModel):
    """A parcel the sale takes; the first days on which its gain is discounted and its franking is safe."""

    parcel: str
    acquired: date | None
    quantity: Exact
    cost_base: Money | None
    discount_from: date | None
    franking_safe_from: date | None

    @classmethod
    def of(cls, found: SaleDates) -> Self:
        parcel = found.parcel
        return cls(
            parcel=parcel.id,
            acquired=parcel.acquired,
            quantity=parcel.quantity,
            cost_base=parcel.cost_base,
            discount_from=found.discount_from,
            franking_safe_from=found.franking_safe_from,
        )


class SaleOut(BaseModel):
    """What a sale would add to its year's net capital gain and tax; tax is null without a marginal rate."""

    on: date
    gain: Money
    net_capital_gain: Money
    tax: Money | None
    parcels: list[SaleDatesOut]

    @classmethod
    def of(cls, found: SalePreview) -> Self:
        return cls(
            on=found.on,
            gain=found.gain,
            net_capital_gain=found.net_capital_gain,
            tax=found.tax,
            parcels=[SaleDatesOut.of(dates) for dates in found.parcels],
        )


class PreviewOut(BaseModel):
    """A sale now and, where that is worth waiting for, on the first day every parcel it takes is discounted."""

    symbol: str
    quantity: Exact
    price: Exact
    method: str
    now: SaleOut
    waiting: SaleOut | None

    @classmethod
    def of(cls, found: SalePreview) -> Self:
        return cls(
            symbol=found.code,
            quantity=found.quantity,
            price=found.price,
            method=found.method.value,
            now=SaleOut.of(found),
            waiting=None if found.waiting is None else SaleOut.of(found.waiting),
        )


def _disposals(gains: YearOfGains) -> list[DisposalOut]:
    """Every disposal of the year in order, gains, losses and those of unknown cost alike."""
    applied: dict[Disposal, list[Applied]] = defaultdict(list)
    losses: dict[Disposal, list[Gain]] = defaultdict(list)
    for found in gains.gains:
        applied[found.gain.disposal].append(found)
    for loss in gains.losses:
        losses[loss.disposal].append(loss)
    every = {*applied, *losses, *gains.unknown, *gains.even}
    ordered = sorted(every, key=lambda d: (d.on, d.code, d.transaction, d.parcel))
    return [DisposalOut.of(d, applied[d], losses[d]) for d in ordered]
