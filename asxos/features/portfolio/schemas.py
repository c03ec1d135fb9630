"""The JSON of the portfolio API. Money and quantities are strings, exact; what is not known is null, never 0."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from asxos.core.amounts import Exact, Money
from asxos.core.http import IsoDate
from asxos.domain.ledger.facts import Shortfall
from asxos.domain.ledger.parcels import Parcel
from asxos.domain.ledger.transactions import Chosen, Kind, Transaction
from asxos.features.portfolio.records import Import, ImportRow, Portfolio, StoredLine
from asxos.features.portfolio.services.errors import BadLine
from asxos.features.portfolio.services.holdings import Holding, Valuation
from asxos.features.portfolio.services.importing import ImportReport
from asxos.features.portfolio.services.ports import LatestPrice, LatestSignal
from asxos.features.portfolio.services.watchlists import Watched
from asxos.providers.brokers import cells

Figure = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=8)]
Positive = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=8)]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]
Code = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9.:~ ]+$")]
EntityName = Literal["individual", "joint", "trust", "super_fund", "company"]
MethodName = Literal["fifo", "lifo", "highest-cost", "least-tax", "own"]
Broker = Literal["commsec", "cmc", "selfwealth", "stake", "pearler"]


class PortfolioIn(BaseModel):
    """A new portfolio."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    entity: EntityName = "individual"
    method: MethodName = "fifo"
    marginal_rate: Annotated[Decimal, Field(ge=0, le=1, max_digits=5, decimal_places=4)] | None = None
    broker: Broker = "commsec"


class PortfolioOut(BaseModel):
    id: int
    name: str
    entity: EntityName
    method: MethodName
    currency: str
    marginal_rate: Exact | None
    broker: str
    created_at: datetime

    @classmethod
    def of(cls, portfolio: Portfolio) -> Self:
        return cls.model_validate(portfolio, from_attributes=True)


class PortfoliosOut(BaseModel):
    items: list[PortfolioOut]


class ChosenIn(BaseModel):
    """Units of one parcel, named by the id of the line that began it."""

    parcel: Annotated[str, Field(max_length=64)]
    quantity: Positive


class LineIn(BaseModel):
    """A line entered by hand. Which fields a kind needs is said by the refusal that names the first one missing."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    on: IsoDate
    code: Code | None = None
    quantity: Positive | None = None
    amount: Annotated[Decimal, Field(max_digits=18, decimal_places=8)] | None = None
    price: Figure | None = None
    brokerage: Figure = Decimal(0)
    ratio: Positive | None = None
    cost_share: Annotated[Decimal, Field(ge=0, le=1, decimal_places=10)] | None = None
    into: Code | None = None
    ex_date: IsoDate | None = None
    franked: Figure | None = None
    franking_credit: Figure | None = None
    lic_gain: Figure | None = None
    acquired: IsoDate | None = None
    chosen: Annotated[list[ChosenIn], Field(max_length=500)] = []
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] | None = None

    def transaction(self) -> Transaction:
        """The ledger's own form, codes canonical. Raises: BadLine: names the field."""
        said = self.model_dump(exclude={"chosen", "code", "into"})
        chosen = tuple(Chosen(c.parcel, c.quantity) for c in self.chosen)
        try:
            code, into = (None if text is None else cells.code(text) for text in (self.code, self.into))
            return Transaction(id="", code=code, into=into, chosen=chosen, **said)
        except ValueError as error:
            raise BadLine(str(error)) from error


class LineOut(BaseModel):
    """A line that stands in the ledger."""

    id: str
    kind: Kind
    on: date
    code: str | None
    quantity: Exact | None
    amount: Money | None
    price: Exact | None
    brokerage: Money
    ratio: Exact | None
    cost_share: Exact | None
    into: str | None
    ex_date: date | None
    franked: Money | None
    franking_credit: Money | None
    lic_gain: Money | None
    acquired: date | None
    chosen: list[dict[str, str]]
    reason: str | None
    currency: str
    rate: Exact | None
    rate_source: str | None
    settles: date | None
    reference: str | None
    import_id: int | None

    @classmethod
    def of(cls, line: StoredLine) -> Self:
        said = line.transaction
        own: dict[str, Any] = {name: getattr(said, name) for name in cls.model_fields if hasattr(said, name)}
        own["chosen"] = [{"parcel": c.parcel, "quantity": f"{c.quantity:f}"} for c in said.chosen]
        return cls(**own, settles=line.settles, reference=line.reference, import_id=line.import_id)


class LinesOut(BaseModel):
    total: int
    limit: int
    offset: int
    items: list[LineOut]


class ImportRowOut(BaseModel):
    """One row of a file: what became of it, why, and what it says, personal numbers masked."""

    line: int
    outcome: Literal["added", "duplicate", "refused", "skipped"]
    reason: str | None
    content: str

    @classmethod
    def of(cls, row: ImportRow) -> Self:
        return cls.model_validate(row, from_attributes=True)


class RefusedOut(BaseModel):
    line: int
    reason: str | None


class ImportOut(BaseModel):
    """What an import did, or (dry run, `import_id` null) would do."""

    portfolio_id: int
    import_id: int | None
    file: str
    layout: str
    broker: str
    added: int
    duplicates: int
    skipped: int
    refused: list[RefusedOut]
    rows: list[ImportRowOut]

    @classmethod
    def of(cls, report: ImportReport) -> Self:
        return cls(
            portfolio_id=report.portfolio_id,
            import_id=report.import_id,
            file=report.file,
            layout=report.layout,
            broker=report.broker,
            added=report.added,
            duplicates=report.duplicates,
            skipped=report.skipped,
            refused=[RefusedOut(line=row.line, reason=row.reason) for row in report.refused],
            rows=[ImportRowOut.of(row) for row in report.rows],
        )


class PastImportOut(BaseModel):
    id: int
    file: str
    layout: str
    broker: str
    added: int
    duplicates: int
    refused: int
    imported_at: datetime

    @classmethod
    def of(cls, past: Import) -> Self:
        return cls.model_validate(past, from_attributes=True)


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


class WatchedOut(BaseModel):
    code: str
    name: str | None
    price: PriceOut | None
    signal: HeldSignalOut | None

    @classmethod
    def of(cls, watched: Watched) -> Self:
        price = watched.price
        return cls(
            code=watched.code,
            name=price.name if price else None,
            price=PriceOut.of(price),
            signal=HeldSignalOut.of(watched.signal),
        )


class WatchlistOut(BaseModel):
    name: str
    items: list[WatchedOut]


class WatchlistsOut(BaseModel):
    lists: list[WatchlistOut]

    @classmethod
    def of(cls, lists: dict[str, list[Watched]]) -> Self:
        found: Sequence[tuple[str, list[Watched]]] = list(lists.items())
        return cls(lists=[WatchlistOut(name=n, items=[WatchedOut.of(w) for w in items]) for n, items in found])


class WatchIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code
