"""Income received and to come, as JSON."""

from datetime import date
from typing import Self

from pydantic import BaseModel

from asxos.core.amounts import Exact, Money
from asxos.features.portfolio.schemas.portfolios import PortfolioOut
from asxos.features.portfolio.services.income import Coming, IncomeReport, Payment, Received


class PaymentOut(BaseModel):
    """`is_estimated`: its franking or ex-date is the market's, not the statement's."""

    code: str
    paid_on: date
    ex_date: date | None
    amount: Money
    franking_credit: Money
    reinvested: bool
    is_estimated: bool

    @classmethod
    def of(cls, payment: Payment) -> Self:
        income = payment.income
        return cls(
            code=income.code,
            paid_on=income.on,
            ex_date=income.ex_date,
            amount=income.amount,
            franking_credit=payment.credit,
            reinvested=income.reinvested,
            is_estimated=payment.is_estimated,
        )


class ReceivedOut(BaseModel):
    """A month (2025-03) or a financial year (2024-25); `grossed_up`: with the credits."""

    period: str
    payments: int
    amount: Money
    franking_credit: Money
    grossed_up: Money

    @classmethod
    def of(cls, received: Received) -> Self:
        return cls(
            period=received.period,
            payments=len(received.payments),
            amount=received.amount,
            franking_credit=received.credit,
            grossed_up=received.amount + received.credit,
        )


class ComingOut(BaseModel):
    """A dividend that is to go ex; hold the share at the close before `ex_date` to get it. `franked`: a fraction."""

    code: str
    ex_date: date
    units: Exact
    per_share: Exact | None
    franked: float | None
    amount: Money | None
    franking_credit: Money | None

    @classmethod
    def of(cls, coming: Coming) -> Self:
        return cls(
            code=coming.code,
            ex_date=coming.ex_date,
            units=coming.units,
            per_share=coming.per_share,
            franked=coming.franked,
            amount=coming.amount,
            franking_credit=coming.credit,
        )


class IncomeOut(BaseModel):
    """Dividends and distributions by the day they were paid; latest first, what is to come nearest first."""

    portfolio: PortfolioOut
    months: list[ReceivedOut]
    years: list[ReceivedOut]
    coming: list[ComingOut]
    payments: list[PaymentOut]

    @classmethod
    def of(cls, report: IncomeReport) -> Self:
        return cls(
            portfolio=PortfolioOut.of(report.portfolio),
            months=[ReceivedOut.of(month) for month in report.months],
            years=[ReceivedOut.of(year) for year in report.years],
            coming=[ComingOut.of(dividend) for dividend in report.coming],
            payments=[PaymentOut.of(payment) for payment in report.payments],
        )
