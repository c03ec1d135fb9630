"""A job as people see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """An attempt failed and another will follow."""
    DEAD = "dead"
    """Given up."""

    @property
    def is_final(self) -> bool:
        return self in (JobState.DONE, JobState.DEAD)


@dataclass(frozen=True)
class Progress:
    """How far a job is: `fraction` of the present step, in [0, 1]."""

    step: str | None
    fraction: float
    detail: str | None = None


@dataclass(frozen=True)
class Job:
    """`attempts` counts those begun; `error` is the last failure's; `run_at` is when it may start at the earliest."""

    id: int
    name: str
    key: str | None
    args: Mapping[str, Any]
    state: JobState
    step: str | None
    detail: str | None
    progress: float
    attempts: int
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None
    correlation_id: str | None
    result: Mapping[str, Any] | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", JobState(self.state))

    @property
    def seconds(self) -> float | None:
        """How long the last attempt took; None before its end."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()
