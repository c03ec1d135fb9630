"""What tax asks of the rest of the system."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from asxos.domain.ledger.dividends import DividendFact
from asxos.domain.ledger.transactions import Transaction


class TaxedPortfolio(Protocol):
    """A portfolio as tax needs it."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def entity(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def marginal_rate(self) -> Decimal | None: ...


class Ledgers(Protocol):
    """What tax asks of portfolios."""

    async def portfolio(self, owner: str, id: int) -> TaxedPortfolio: ...
    async def transactions(self, owner: str, id: int) -> list[Transaction]: ...


class Market(Protocol):
    """What tax asks of the market."""

    async def dividends_of(self, codes: Sequence[str]) -> Mapping[str, Sequence[DividendFact]]: ...
    async def closes_on(self, codes: Sequence[str], day: date) -> Mapping[str, Decimal]: ...
