"""Portfolios and their settings as JSON."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from asxos.core.amounts import Exact, ShareIn
from asxos.features.portfolio.records import Portfolio

Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]
EntityName = Literal["individual", "joint", "trust", "super_fund", "company"]
MethodName = Literal["fifo", "lifo", "highest-cost", "least-tax", "own"]
Broker = Literal["commsec", "cmc", "selfwealth", "stake", "pearler"]


class PortfolioIn(BaseModel):
    """A new portfolio."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    entity: EntityName = "individual"
    method: MethodName = "fifo"
    marginal_rate: ShareIn | None = None
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
