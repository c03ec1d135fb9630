"""What the backtests table holds."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from asxos.domain.backtest.rules import Rules


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: the rankings of `model_id` from `first` to `last` (None: as far as there are any) by `rules`."""

    model_id: str
    rules: Rules
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Backtest:
    """A finished run without its report and journal. `metrics`: as `measures.measures` made them."""

    id: int
    model_id: str
    first_session: date
    last_session: date
    parameters: dict[str, Any]
    data_sha256: str
    is_simulated: bool
    metrics: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewBacktest:
    """A run about to be stored; `report` gzipped HTML, `journal` Parquet."""

    model_id: str
    first_session: date
    last_session: date
    parameters: dict[str, Any]
    data_sha256: str
    request_sha256: str
    is_simulated: bool
    metrics: dict[str, Any]
    report: bytes
    journal: bytes
