"""The JSON of securities and prices. Prices are arrays by column, one value a session, earliest first."""

from datetime import date
from typing import Self

import polars as pl
from pydantic import BaseModel

from asxos.features.market.records import Code, CorporateAction, Quote, Security
from asxos.features.market.services import PriceHistory, SecurityView

# Adjusting multiplies; beyond this only the noise of binary fractions is left.
DECIMALS = 6


class SecurityOut(BaseModel):
    """A share, as a list shows it."""

    symbol: str
    name: str | None
    sector: str | None
    industry: str | None
    listed_on: date | None
    delisted_on: date | None
    simulated: bool

    @classmethod
    def of(cls, security: Security) -> Self:
        return cls(
            symbol=security.symbol,
            name=security.name,
            sector=security.sector,
            industry=security.industry,
            listed_on=security.listed_on,
            delisted_on=security.delisted_on,
            simulated=security.is_simulated,
        )


class SecuritiesOut(BaseModel):
    """A page of shares, of `total` that match."""

    total: int
    limit: int
    offset: int
    items: list[SecurityOut]


class CodeOut(BaseModel):
    """A code the share had from `valid_from` until before `valid_to` (null: still)."""

    code: str
    valid_from: date
    valid_to: date | None

    @classmethod
    def of(cls, code: Code) -> Self:
        return cls(code=code.code, valid_from=code.valid_from, valid_to=code.valid_to)


class QuoteOut(BaseModel):
    """The latest close in A$ as traded; `change` is an adjusted fraction, `turnover_20` a median in A$ a session."""

    session_date: date
    close: float
    change: float | None
    spark: str
    turnover_20: float

    @classmethod
    def of(cls, quote: Quote) -> Self:
        return cls(
            session_date=quote.session_date,
            close=quote.close,
            change=quote.change,
            spark=quote.spark,
            turnover_20=quote.turnover_20,
        )


class SecurityDetailOut(SecurityOut):
    """A share in full."""

    codes: list[CodeOut]
    quote: QuoteOut | None

    @classmethod
    def of_view(cls, view: SecurityView) -> Self:
        """A share with its codes and quote."""
        return cls(
            **SecurityOut.of(view.security).model_dump(),
            codes=[CodeOut.of(code) for code in view.codes],
            quote=QuoteOut.of(view.quote) if view.quote else None,
        )


class ActionOut(BaseModel):
    """A corporate action; `factor` multiplies earlier prices, `amount` is A$ a share as a string."""

    ex_date: date
    kind: str
    factor: float | None
    amount: str | None

    @classmethod
    def of(cls, action: CorporateAction) -> Self:
        amount = None if action.amount is None else f"{action.amount.normalize():f}"
        return cls(ex_date=action.ex_date, kind=action.kind, factor=action.factor, amount=amount)


class PricesOut(BaseModel):
    """A share's bars by column. `as_of`: the session from which nothing later was used; `source`: names, by commas."""

    symbol: str
    adjusted: bool
    as_of: date | None
    source: str
    simulated: bool
    date: list[date]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    volume: list[float]
    actions: list[ActionOut]

    @classmethod
    def of(cls, history: PriceHistory) -> Self:
        bars = history.bars.with_columns(
            pl.col("open", "high", "low", "close").round(DECIMALS), pl.col("volume").round(0)
        )
        last = bars["session_date"].last() if bars.height else None
        return cls.model_validate(
            {
                "symbol": history.security.symbol,
                "adjusted": history.adjusted,
                "as_of": history.as_of or last,
                "source": ", ".join(history.sources),
                "simulated": history.security.is_simulated,
                "date": bars["session_date"].to_list(),
                **{name: bars[name].to_list() for name in ("open", "high", "low", "close", "volume")},
                "actions": [ActionOut.of(action) for action in history.actions],
            }
        )
