"""Lines of a ledger as JSON."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from asxos.core.amounts import Exact, FigureIn, Money, PositiveIn, ShareIn, SignedIn
from asxos.core.http import Code, IsoDate
from asxos.domain.ledger.transactions import Chosen, Kind, Transaction
from asxos.features.portfolio.records import StoredLine
from asxos.features.portfolio.services.errors import BadLine
from asxos.providers.brokers import cells


class ChosenIn(BaseModel):
    """Units of one parcel, named by the id of the line that began it."""

    parcel: Annotated[str, Field(max_length=64)]
    quantity: PositiveIn


class LineIn(BaseModel):
    """A line entered by hand. Which fields a kind needs is said by the refusal that names the first one missing."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    on: IsoDate
    code: Code | None = None
    quantity: PositiveIn | None = None
    amount: SignedIn | None = None
    price: FigureIn | None = None
    brokerage: FigureIn = Decimal(0)
    ratio: PositiveIn | None = None
    cost_share: ShareIn | None = None
    into: Code | None = None
    ex_date: IsoDate | None = None
    franked: FigureIn | None = None
    franking_credit: FigureIn | None = None
    lic_gain: FigureIn | None = None
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
