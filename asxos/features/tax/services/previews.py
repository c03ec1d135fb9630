"""What a sale would do to the tax of its year: now, and on the day its parcels earn the discount."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from asxos.core.errors import BadInput
from asxos.domain.ledger.parcels import Method, Parcel
from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.domain.money import ZERO
from asxos.domain.tax.franking import safe_sale_from
from asxos.domain.tax.rules import Entity, FinancialYear, discount_from, pack_for
from asxos.features.tax.services.dividends import with_market_facts
from asxos.features.tax.services.ports import TaxedPortfolio
from asxos.features.tax.services.years import TaxService

WHAT_IF = "what-if"


class NothingToSell(BadInput):
    """A what-if of more units than are held."""


@dataclass(frozen=True)
class SaleDates:
    """A parcel a sale would take, and the days that matter to it."""

    parcel: Parcel
    discount_from: date | None
    franking_safe_from: date | None


@dataclass(frozen=True)
class SalePreview:
    """What selling would do to the year's net capital gain and tax, A$; `waiting`: the same sale on the day all taken
    parcels are discounted, if that is later.
    """

    code: str
    on: date
    quantity: Decimal
    price: Decimal
    method: Method
    parcels: tuple[SaleDates, ...]
    gain: Decimal
    net_capital_gain: Decimal
    tax: Decimal | None
    waiting: "SalePreview | None" = None


class PreviewService:
    """Sales that are not made: the ledger with one more line, nothing written."""

    def __init__(self, tax: TaxService) -> None:
        self.tax = tax

    async def preview(self, owner: str, id: int, sale: Transaction, method: Method | None = None) -> SalePreview:
        """What `sale` would do on its date and, if that is later, once every parcel it takes is discounted.

        Raises: UnknownPortfolio; NothingToSell: more than is held.
        """
        portfolio = await self.tax.ledgers.portfolio(owner, id)
        lines, _ = await with_market_facts(await self.tax.ledgers.transactions(owner, id), self.tax.market)
        chosen = method or Method(portfolio.method)
        now = await self._at(portfolio, lines, sale, chosen)
        later = max((d.discount_from for d in now.parcels if d.discount_from), default=sale.on)
        has_discount = pack_for(Entity(portfolio.entity), sale.on, reform=self.tax.reform).discount > 0
        if later <= sale.on or not has_discount:
            return now
        return replace(now, waiting=await self._at(portfolio, lines, replace(sale, on=later), chosen))

    async def _at(
        self, portfolio: TaxedPortfolio, lines: Sequence[Transaction], sale: Transaction, method: Method
    ) -> SalePreview:
        year, with_sale = FinancialYear.of(sale.on), [*lines, sale]
        before = await self.tax.year_of(portfolio, lines, year, method)
        after = await self.tax.year_of(portfolio, with_sale, year, method)
        if any(short.transaction == sale.id for short in after.book.shortfalls):
            raise NothingToSell(f"fewer than {sale.quantity} units of {sale.code} are held on {sale.on}")
        taken = [d for d in after.book.disposals if d.transaction == sale.id]
        return SalePreview(
            code=sale.code or "",
            on=sale.on,
            quantity=sale.quantity or ZERO,
            price=sale.price or ZERO,
            method=method,
            parcels=tuple(
                SaleDates(
                    Parcel(d.parcel, d.code, d.acquired, d.quantity, d.cost_base),
                    discount_from(d.acquired) if d.acquired else None,
                    safe_sale_from(d.acquired) if d.acquired else None,
                )
                for d in taken
            ),
            gain=sum((d.gain or ZERO for d in taken), ZERO),
            net_capital_gain=after.gains.net_capital_gain - before.gains.net_capital_gain,
            tax=None if before.tax is None or after.tax is None else after.tax - before.tax,
        )


def what_if(code: str, quantity: Decimal, price: Decimal, on: date) -> Transaction:
    """A sale as the ledger would hold it. Raises: BadTransaction."""
    return Transaction(WHAT_IF, Kind.SELL, on, code, quantity=quantity, amount=quantity * price, price=price)
