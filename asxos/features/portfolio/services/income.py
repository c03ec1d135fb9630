"""Income that came in, by month and financial year, and the dividends that are to go ex."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from asxos.domain.calendar import sydney_date
from asxos.domain.ledger.dividends import DIVIDENDS, income_of, with_known_dividends
from asxos.domain.ledger.facts import Income
from asxos.domain.money import ZERO, exact
from asxos.domain.tax.franking import credit_of, franking_credit
from asxos.domain.tax.rules import FinancialYear
from asxos.features.portfolio.records import Portfolio
from asxos.features.portfolio.services.ledgers import LedgerService
from asxos.features.portfolio.services.ports import Prices


@dataclass(frozen=True)
class Payment:
    """One dividend received, A$; `is_estimated`: its franking or ex-date is the market's, not the statement's."""

    income: Income
    credit: Decimal
    is_estimated: bool


@dataclass(frozen=True)
class Coming:
    """A dividend that is to go ex, on the units held now; what was not announced is None."""

    code: str
    ex_date: date
    units: Decimal
    per_share: Decimal | None
    franked: float | None

    @property
    def amount(self) -> Decimal | None:
        return None if self.per_share is None else self.units * self.per_share

    @property
    def credit(self) -> Decimal | None:
        """At the full company rate."""
        if self.amount is None or self.franked is None:
            return None
        return franking_credit(self.amount * exact(self.franked))


@dataclass(frozen=True)
class Received:
    """The payments of one period, named as it is written."""

    period: str
    payments: tuple[Payment, ...]

    @property
    def amount(self) -> Decimal:
        return sum((payment.income.amount for payment in self.payments), ZERO)

    @property
    def credit(self) -> Decimal:
        return sum((payment.credit for payment in self.payments), ZERO)


@dataclass(frozen=True)
class IncomeReport:
    """Latest first; `coming` the nearest first."""

    portfolio: Portfolio
    payments: tuple[Payment, ...]
    months: tuple[Received, ...]
    years: tuple[Received, ...]
    coming: tuple[Coming, ...]


class IncomeService:
    """Read from the ledger and, in one query, from the market's dividends."""

    def __init__(self, ledgers: LedgerService, *, prices: Prices) -> None:
        self.ledgers = ledgers
        self.prices = prices

    async def report(self, owner: str, id: int) -> IncomeReport:
        """Raises: UnknownPortfolio."""
        found = await self.ledgers.replayed(owner, id)
        paid = [line for line in found.transactions if line.kind in DIVIDENDS]
        codes = {line.code for line in paid if line.code} | set(found.book.codes)
        known = await self.prices.dividends_of(sorted(codes)) if codes else {}
        lines, estimated = with_known_dividends(paid, known)
        payments = sorted(
            (Payment(item := income_of(line), credit_of(item), line.id in estimated) for line in lines),
            key=lambda payment: (payment.income.on, payment.income.code),
            reverse=True,
        )
        today = sydney_date(self.ledgers.clock.now())
        coming = [
            Coming(code, fact.ex_date, found.book.quantity(code), fact.amount, fact.franked)
            for code in found.book.codes
            for fact in known.get(code, ())
            if fact.ex_date >= today
        ]
        return IncomeReport(
            portfolio=found.portfolio,
            payments=tuple(payments),
            months=_by((f"{payment.income.on:%Y-%m}", payment) for payment in payments),
            years=_by((str(FinancialYear.of(payment.income.on)), payment) for payment in payments),
            coming=tuple(sorted(coming, key=lambda dividend: (dividend.ex_date, dividend.code))),
        )


def _by(named: Iterable[tuple[str, Payment]]) -> tuple[Received, ...]:
    found: dict[str, list[Payment]] = {}
    for period, payment in named:
        found.setdefault(period, []).append(payment)
    return tuple(Received(period, tuple(payments)) for period, payments in found.items())
