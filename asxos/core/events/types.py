"""The nine facts this system announces, and what each carries; small, frozen, JSON."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class EventType(StrEnum):
    SIGNAL_GENERATED = "signal.generated"
    SIGNAL_CHANGED = "signal.changed"
    PRICE_UPDATED = "price.updated"
    MODEL_DRIFT_DETECTED = "model.drift_detected"
    PORTFOLIO_CHANGED = "portfolio.changed"
    ALERT_TRIGGERED = "alert.triggered"
    NEWS_INGESTED = "news.ingested"
    SENTIMENT_CHANGED = "sentiment.changed"
    JOB_COMPLETED = "job.completed"


class Payload(BaseModel):
    """What an event carries: identifiers and counts, never whole objects."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SignalGenerated(Payload):
    """A ranking was published. `top_signal` is the symbol of rank 1; `sequence` and `sha256` of its log entry."""

    model: str
    as_of: date
    count: int
    top_signal: str | None = None
    sequence: int | None = None
    sha256: str | None = None


class SignalChanged(Payload):
    """A share's label differs from the one of the ranking before."""

    model: str
    as_of: date
    symbol: str
    before: str | None
    after: str


class PriceUpdated(Payload):
    """Bars were added or corrected. `sessions` are the first and last session touched."""

    source: str
    added: int
    revised: int
    quarantined: int
    first_session: date | None = None
    last_session: date | None = None


class ModelDriftDetected(Payload):
    model: str
    as_of: date
    measure: str
    value: float
    threshold: float


class PortfolioChanged(Payload):
    portfolio_id: int
    reason: str


class AlertTriggered(Payload):
    alert_id: int
    symbol: str | None = None
    message: str


class NewsIngested(Payload):
    source: str
    count: int


class SentimentChanged(Payload):
    symbol: str
    as_of: date
    before: float | None
    after: float


class JobCompleted(Payload):
    """A job ended for good: `state` is done or dead."""

    job_id: int
    name: str
    state: str
    key: str | None = None
    seconds: float | None = None
    error: str | None = None


PAYLOADS: Mapping[EventType, type[Payload]] = {
    EventType.SIGNAL_GENERATED: SignalGenerated,
    EventType.SIGNAL_CHANGED: SignalChanged,
    EventType.PRICE_UPDATED: PriceUpdated,
    EventType.MODEL_DRIFT_DETECTED: ModelDriftDetected,
    EventType.PORTFOLIO_CHANGED: PortfolioChanged,
    EventType.ALERT_TRIGGERED: AlertTriggered,
    EventType.NEWS_INGESTED: NewsIngested,
    EventType.SENTIMENT_CHANGED: SentimentChanged,
    EventType.JOB_COMPLETED: JobCompleted,
}
"""What each type must carry; `publish` refuses anything else."""


class Event(BaseModel, frozen=True):
    """A fact that happened. `id` is a UUIDv7 given by the database on publishing, so ids sort by time."""

    type: EventType
    payload: dict[str, Any]
    source: str
    timestamp: datetime = Field(default_factory=lambda: datetime.now(UTC))
    user_id: str | None = None
    correlation_id: str | None = None
    id: UUID | None = None

    @classmethod
    def of(
        cls,
        event_type: EventType,
        payload: Payload,
        *,
        source: str,
        user_id: str | None = None,
        correlation_id: str | None = None,
    ) -> Self:
        """An event with a typed payload."""
        return cls(
            type=event_type,
            payload=payload.model_dump(mode="json"),
            source=source,
            user_id=user_id,
            correlation_id=correlation_id,
        )
