"""A financial year's tax on a portfolio: gains by parcel, losses, dividends and franking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from asxos.domain.ledger.book import Book, Reset, replay
from asxos.domain.ledger.parcels import Method
from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.domain.money import ZERO, part_of
from asxos.domain.tax.choosing import PackOf, with_least_tax
from asxos.domain.tax.franking import Credit, credits_of_year
from asxos.domain.tax.gains import YearOfGains, years_of_gains
from asxos.domain.tax.least_tax import LeastTax
from asxos.domain.tax.rules import LINE, Entity, FinancialYear, RulePack, pack_for
from asxos.domain.tax.standing import Standing
from asxos.features.tax.repositories import CpiRepository
from asxos.features.tax.services.dividends import with_market_facts
from asxos.features.tax.services.ports import Ledgers, Market, TaxedPortfolio


@dataclass(frozen=True)
class TaxYear:
    """One portfolio's financial year; A$. `tax`: of the gain and the income at the marginal rate; None without one.

    `estimated`: dividends whose franking or ex-date came from the market, not from the investor's own papers.
    """

    portfolio: TaxedPortfolio
    year: FinancialYear
    method: Method
    pack: RulePack
    book: Book
    gains: YearOfGains
    credits: tuple[Credit, ...]
    interest: Decimal
    fees: Decimal
    estimated: frozenset[str]
    proof: LeastTax | None

    @property
    def dividends(self) -> Decimal:
        return sum((credit.income.amount for credit in self.credits), ZERO)

    @property
    def franking_credits(self) -> Decimal:
        return sum((credit.allowed for credit in self.credits), ZERO)

    @property
    def lic_deduction(self) -> Decimal:
        return sum((part_of(c.income.lic_gain, self.pack.lic_deduction, Decimal(1)) for c in self.credits), ZERO)

    @property
    def assessable(self) -> Decimal:
        """Income and net gain that go into the return."""
        income = self.dividends + self.franking_credits + self.interest - self.lic_deduction
        return income + self.gains.net_capital_gain

    @property
    def tax(self) -> Decimal | None:
        """After franking credits; the minimum rate on indexed gains included."""
        rate = self.portfolio.marginal_rate
        if rate is None:
            return None
        top_up = max(self.pack.minimum_rate - rate, ZERO) * self.gains.indexed
        return self.assessable * rate + top_up - self.franking_credits


@dataclass(frozen=True)
class Chosen:
    """A ledger replayed with every sale's parcels chosen, and the proofs of the years that were solved for."""

    book: Book
    lines: tuple[Transaction, ...]
    proofs: dict[FinancialYear, LeastTax]


class TaxService:
    """Derived from the ledger at every call; nothing is stored but the price index."""

    def __init__(self, ledgers: Ledgers, cpi: CpiRepository, *, market: Market, reform: bool) -> None:
        self.ledgers = ledgers
        self.cpi = cpi
        self.market = market
        self.reform = reform

    async def year(self, owner: str, id: int, year: FinancialYear, method: Method | None = None) -> TaxYear:
        """A whole year. `method`: instead of the portfolio's own. Raises: UnknownPortfolio."""
        portfolio = await self.ledgers.portfolio(owner, id)
        lines = await self.ledgers.transactions(owner, id)
        lines, estimated = await with_market_facts(lines, self.market)
        return await self.year_of(portfolio, lines, year, method or Method(portfolio.method), estimated)

    async def year_of(
        self,
        portfolio: TaxedPortfolio,
        lines: Sequence[Transaction],
        year: FinancialYear,
        method: Method,
        estimated: frozenset[str] = frozenset(),
    ) -> TaxYear:
        """The year that these lines make, whether or not they are stored."""
        entity, cpi = Entity(portfolio.entity), await self.cpi.latest()
        chosen = await self.chosen(entity, lines, method)
        pack_of = self._pack_of(entity)
        income = [item for item in chosen.book.income if item.on in year]
        in_year = [line for line in chosen.lines if line.on in year]
        return TaxYear(
            portfolio=portfolio,
            year=year,
            method=method,
            pack=pack_of(year),
            book=chosen.book,
            gains=years_of_gains(chosen.book.disposals, year, pack_of, index=cpi.factor)[-1],
            credits=tuple(credits_of_year(income, chosen.book.movements, pack_of(year))),
            interest=_sum(in_year, Kind.INTEREST),
            fees=_sum(in_year, Kind.FEE),
            estimated=estimated & {item.transaction for item in income},
            proof=chosen.proofs.get(year),
        )

    async def standing(self, owner: str, id: int, on: date) -> Standing:
        """Where the year of `on` stands before more sales, and the parcels left to sell. Raises: UnknownPortfolio."""
        year = FinancialYear.of(on)
        found = await self.year(owner, id, year)
        return Standing(
            year=year,
            pack=found.pack,
            parcels={code: tuple(held) for code, held in found.book.parcels.items() if held},
            disposals=tuple(d for d in found.book.disposals if d.on in year),
            brought_forward=found.gains.brought_forward,
            credits=found.franking_credits,
            index=(await self.cpi.latest()).factor,
        )

    async def chosen(self, entity: Entity, lines: Sequence[Transaction], method: Method) -> Chosen:
        """The lines replayed by `method`."""
        reset, cpi = await self._reset(entity, lines), await self.cpi.latest()
        if method is not Method.LEAST_TAX:
            return Chosen(replay(lines, method, reset=reset), tuple(lines), {})
        found = with_least_tax(lines, self._pack_of(entity), index=cpi.factor, reset=reset)
        return Chosen(replay(found.lines, method, reset=reset), found.lines, found.proofs)

    def _pack_of(self, entity: Entity) -> PackOf:
        return lambda year: pack_for(entity, year.last, reform=self.reform)

    async def _reset(self, entity: Entity, lines: Sequence[Transaction]) -> Reset | None:
        """Market values of 30 June 2027, where the ledger goes beyond it and the reform is on."""
        after = LINE + timedelta(days=1)
        is_reached = any(line.on > LINE for line in lines)
        if not (self.reform and is_reached and pack_for(entity, after, reform=True).indexes):
            return None
        codes = sorted({line.code for line in lines if line.code})
        return Reset(LINE, await self.market.closes_on(codes, LINE))


def _sum(lines: Sequence[Transaction], kind: Kind) -> Decimal:
    return sum((line.amount or ZERO for line in lines if line.kind is kind), ZERO)
