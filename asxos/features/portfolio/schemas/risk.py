"""What a portfolio risks, as JSON. Losses are fractions above 0; every figure says what it was worked out from."""

import math
from datetime import date
from typing import Self

from pydantic import BaseModel

from asxos.domain.risk.concentration import Concentration
from asxos.features.portfolio.schemas.performance import DrawdownOut
from asxos.features.portfolio.schemas.portfolios import PortfolioOut
from asxos.features.portfolio.services.risk import ENOUGH_HISTORY, Risk, SeriesRisk, Tail, Young

PRESENT = (
    "today's weights held on every session of the past, closes with dividends on their ex-dates; before all had begun"
    " to trade, those that had"
)
ACTUAL = "the portfolio as it was, time-weighted daily returns with income on its ex-dates"
NOT_LOOKED_THROUGH = "counted as single holdings: no source of funds' holdings is stored"


class ExceptionsOut(BaseModel):
    """Each session against the historical value at risk of the 250 before it.

    `p_frequency`: Kupiec (1995), right number of exceptions; `p_independence`: Christoffersen (1998), not in clusters.
    """

    sessions: int
    exceptions: int
    expected: float
    p_frequency: float
    p_independence: float


class TailOut(BaseModel):
    """A session's loss exceeded with probability 1 - `level`, and the mean beyond; by the series' own order and by a
    normal distribution. `test`: null with fewer than 270 sessions.
    """

    level: float
    value_at_risk: float
    expected_shortfall: float
    parametric_value_at_risk: float
    parametric_shortfall: float
    test: ExceptionsOut | None

    @classmethod
    def of(cls, tail: Tail) -> Self:
        found = tail.value_at_risk
        return cls(
            level=found.level,
            value_at_risk=found.historical,
            expected_shortfall=found.expected_shortfall,
            parametric_value_at_risk=found.parametric,
            parametric_shortfall=found.parametric_shortfall,
            test=None if tail.test is None else ExceptionsOut.model_validate(tail.test, from_attributes=True),
        )


class SeriesRiskOut(BaseModel):
    """One return series. `volatility` and `tracking_error` a year over 252 sessions; `reason`: why nothing is said."""

    method: str
    first: date | None
    last: date | None
    returns: int
    volatility: float | None
    beta: float | None
    tracking_error: float | None
    benchmark: str | None
    benchmark_returns: int
    no_benchmark: str | None
    tails: list[TailOut]
    drawdown: DrawdownOut | None
    reason: str | None

    @classmethod
    def of(cls, series: SeriesRisk, method: str) -> Self:
        days, against = series.days, series.benchmark
        return cls(
            method=method,
            first=days[0] if days else None,
            last=days[-1] if days else None,
            returns=max(len(days) - 1, 0),
            volatility=series.volatility,
            beta=_known(series.beta),
            tracking_error=series.tracking_error,
            benchmark=against.name if against else None,
            benchmark_returns=series.benchmark_returns,
            no_benchmark=against.reason if against else None,
            tails=[TailOut.of(tail) for tail in series.tails],
            drawdown=None if series.drawdown is None else DrawdownOut.of(series.drawdown, days),
            reason=series.reason,
        )


class YoungOut(BaseModel):
    """A holding with fewer than 250 returns in the period: what is said of it and with it is weak."""

    code: str
    sessions: int
    weight: float

    @classmethod
    def of(cls, young: Young) -> Self:
        return cls.model_validate(young, from_attributes=True)


class ConcentrationOut(BaseModel):
    """`herfindahl`: the sum of squared weights; `effective`: equal holdings as concentrated; the largest ones' sums."""

    herfindahl: float
    effective: float
    largest: float
    top_5: float
    top_10: float

    @classmethod
    def of(cls, found: Concentration | None) -> Self | None:
        return None if found is None else cls.model_validate(found, from_attributes=True)


class WeightOut(BaseModel):
    name: str
    weight: float


class FundOut(BaseModel):
    code: str
    name: str


class FundsOut(BaseModel):
    """Funds that hold other shares."""

    funds: list[FundOut]
    note: str = NOT_LOOKED_THROUGH


class CorrelationsOut(BaseModel):
    """Of the largest holdings' daily returns, null with fewer than 60 common sessions; `matrix`: rows as `codes`."""

    codes: list[str]
    matrix: list[list[float | None]]


class RiskOut(BaseModel):
    """Weights are fractions of the value of the holdings that have a price; `unpriced` names the rest."""

    portfolio: PortfolioOut
    simulated: bool
    as_of: date | None
    present: SeriesRiskOut
    actual: SeriesRiskOut
    little_history: list[YoungOut]
    enough_history: int = ENOUGH_HISTORY
    concentration: ConcentrationOut | None
    holdings: list[WeightOut]
    sectors: list[WeightOut]
    currencies: list[WeightOut]
    not_looked_through: FundsOut
    correlations: CorrelationsOut
    unpriced: list[str]

    @classmethod
    def of(cls, risk: Risk) -> Self:
        matrix = [[_known(value) for value in row] for row in risk.correlations.tolist()]
        heaviest = sorted(risk.weights.items(), key=lambda item: -item[1])
        return cls(
            portfolio=PortfolioOut.of(risk.portfolio),
            simulated=risk.simulated,
            as_of=risk.as_of,
            present=SeriesRiskOut.of(risk.present, PRESENT),
            actual=SeriesRiskOut.of(risk.actual, ACTUAL),
            little_history=[YoungOut.of(young) for young in risk.young],
            concentration=ConcentrationOut.of(risk.concentration),
            holdings=[WeightOut(name=code, weight=weight) for code, weight in heaviest],
            sectors=[WeightOut(name=name, weight=weight) for name, weight in risk.sectors.items()],
            currencies=[WeightOut(name=name, weight=weight) for name, weight in risk.currencies.items()],
            not_looked_through=FundsOut(funds=[FundOut(code=code, name=name) for code, name in risk.funds.items()]),
            correlations=CorrelationsOut(codes=list(risk.correlated), matrix=matrix),
            unpriced=list(risk.unpriced),
        )


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
