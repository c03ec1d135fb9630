"""The JSON of the backtests API. Fractions are numbers, money is text, what cannot be measured is null, never 0."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StrictBool, model_validator

from asxos.core.http import IsoDate
from asxos.domain.backtest.rules import Rules, Weighting
from asxos.domain.costs import Broker
from asxos.features.backtests.records import Backtest, Plan

Amount = Annotated[float, PlainSerializer(lambda value: f"{value:.2f}", return_type=str)]
"""A$, sent as text with its cents."""

_DEFAULTS = Rules()


class BacktestIn(BaseModel, extra="forbid"):
    """What to run; without dates, over everything that was ranked out of sample."""

    model: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$", description="A model's id, or `ensemble`")] = "ensemble"
    first: IsoDate | None = None
    last: IsoDate | None = None
    top: Annotated[int, Field(strict=True, ge=1, le=500)] = _DEFAULTS.top
    every: Annotated[int, Field(strict=True, ge=1, le=520, description="Least sessions between rebalances")] = (
        _DEFAULTS.every
    )
    sector_neutral: StrictBool = False
    weighting: Weighting = _DEFAULTS.weighting
    capital: Annotated[float, Field(strict=True, ge=1_000, le=1e9)] = _DEFAULTS.capital
    broker: Broker = _DEFAULTS.broker
    buffer: Annotated[float, Field(strict=True, ge=0, le=10)] = _DEFAULTS.buffer
    delisting_return: Annotated[float, Field(strict=True, ge=-1, le=0)] = _DEFAULTS.delisting_return

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first and self.last and self.first > self.last:
            raise ValueError(f"first {self.first} is after last {self.last}")
        return self

    def plan(self) -> Plan:
        """As the service takes it."""
        chosen = self.model_dump(exclude={"model", "first", "last"})
        return Plan(self.model, Rules(**chosen), self.first, self.last)


class PerformanceOut(BaseModel):
    """Of daily total returns: fractions a year, but `total`, `max_drawdown` and its longest length in sessions."""

    total: float
    cagr: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    max_drawdown: float
    drawdown_sessions: int


class RelativeOut(BaseModel):
    """To a benchmark: `alpha` a year with its t value, `beta`, and the difference of returns a year."""

    alpha: float | None
    alpha_t: float | None
    beta: float | None
    correlation: float | None
    tracking_error: float | None
    information_ratio: float | None


class TradingOut(BaseModel):
    """`turnover`, `cost_drag` a year; `paid` and `break_even` a round trip; fractions. Amounts in A$ are text."""

    trades: int
    brokerage: Amount
    spread: Amount
    impact: Amount
    dividends: Amount
    returned: Amount
    franking: Amount
    turnover: float
    cost_drag: float
    paid: float | None
    break_even: float | None
    closed: int
    hit_rate: float | None
    exposure: float
    mean_holdings: float


class InformationOut(BaseModel):
    """Rank IC of the rankings over the models' horizon."""

    mean: float | None
    icir: float | None
    hac_t: float | None
    rankings: int


class MonthOut(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    year: int
    month: int
    value: float = Field(alias="return", serialization_alias="return")


class YearCostsOut(BaseModel):
    year: int
    brokerage: Amount
    spread: Amount
    impact: Amount
    traded: Amount


class DelistingOut(BaseModel):
    """The compound return a year, had delisted shares paid their last price and this return."""

    assumed: float
    cagr: float | None


class ProvenanceOut(BaseModel):
    """Which version made the rankings of which dates."""

    made_by: str
    first: date
    last: date
    rankings: int


class BacktestOut(BaseModel):
    """A finished run in short."""

    id: int
    model: str
    first: date
    last: date
    simulated: bool
    created_at: datetime
    parameters: dict[str, str | float | int | bool | None]
    data_sha256: str
    capital: Amount
    final_equity: Amount
    performance: dict[str, PerformanceOut]

    @classmethod
    def of(cls, run: Backtest) -> Self:
        return cls.model_validate(_values(run))


class BacktestFullOut(BacktestOut):
    """A finished run; `curve`: dates, and what one dollar in each series became by each."""

    sessions: int
    rebalances: int
    final_cash: Amount
    relative: dict[str, RelativeOut]
    trading: TradingOut
    information: InformationOut
    monthly: list[MonthOut]
    costs: list[YearCostsOut]
    delisting: list[DelistingOut]
    provenance: list[ProvenanceOut]
    curve: dict[str, list[date] | list[float]]


class BacktestsOut(BaseModel):
    """Latest first."""

    items: list[BacktestOut]


class BacktestAccepted(BaseModel):
    """Follow the job under /jobs; its result has the backtest's id."""

    job_id: int


def _values(run: Backtest) -> dict[str, Any]:
    about = {"id": run.id, "model": run.model_id, "first": run.first_session, "last": run.last_session}
    made = {"simulated": run.is_simulated, "created_at": run.created_at, "data_sha256": run.data_sha256}
    return run.metrics | about | made | {"parameters": run.parameters}
