"""The JSON of what became of signals. Fractions are numbers; null: there was nothing to measure."""

from datetime import date
from typing import Any, Self

from pydantic import BaseModel

from asxos.features.signals.services import ModelOutcomes


class OutcomePartOut(BaseModel):
    """How the signals of one part turned out.

    A call is a BUY, right when the excess return is positive, or a SELL, right when it is negative; HOLD is none.
    `hit_low` to `hit_high`: the hit-rate's interval of 95 %, which allows for shares and dates that move together.
    `mean_net`: of calls, what following them earned in excess of the median, short for SELL, less the round trip.
    """

    by: str
    name: str
    sessions: int
    signals: int
    calls: int
    hit_rate: float | None
    hit_low: float | None
    hit_high: float | None
    mean_return: float
    mean_excess: float
    mean_net: float | None


class ModelOutcomesOut(BaseModel):
    """A model's outcomes: all, then by label, sector, year and whether published ahead of the open they count from.

    `not_due`: signals whose horizon is not over; `never_traded`: those whose share did not trade in it. Neither counts.
    """

    model: str
    not_due: int
    never_traded: int
    parts: list[OutcomePartOut]


class OutcomesOut(BaseModel):
    """Realised results over `horizon` sessions from the next open; returns without dividends."""

    horizon: int
    first: date | None
    last: date | None
    models: list[ModelOutcomesOut]

    @classmethod
    def of(cls, horizon: int, first: date | None, last: date | None, models: list[ModelOutcomes]) -> Self:
        return cls(horizon=horizon, first=first, last=last, models=[_model(found) for found in models])


def _model(found: ModelOutcomes) -> ModelOutcomesOut:
    parts: list[dict[str, Any]] = [{"by": part.by, "name": part.name, **part.measures} for part in found.parts]
    return ModelOutcomesOut(
        model=found.model,
        not_due=found.awaited.not_due,
        never_traded=found.awaited.never_traded,
        parts=[OutcomePartOut.model_validate(part) for part in parts],
    )
