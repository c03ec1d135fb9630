"""What was kept of portfolios' worth, as JSON."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from asxos.core.amounts import Money
from asxos.features.portfolio.records import StoredValuation


class ValuationOut(BaseModel):
    """What was kept of a session, A$; `ml_prob`, `confidence`: the ensemble's, by value, null where none is ranked."""

    session_date: date
    value: Money | None
    cost_base: Money | None
    gain: Money | None
    income: Money
    cash: Money | None
    ml_prob: float | None
    confidence: float | None
    holdings: int
    unpriced: int
    valued_at: datetime

    @classmethod
    def of(cls, valuation: StoredValuation) -> Self:
        return cls.model_validate(valuation, from_attributes=True)
