"""HTTP for jobs: what runs, what ran, and how far it is."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel

from asxos.core.http import provided
from asxos.core.jobs.queue import JobQueue
from asxos.core.jobs.records import Job, JobState

router = APIRouter(prefix="/jobs", tags=["jobs"])

Jobs = Annotated[JobQueue, Depends(provided(JobQueue))]
# The width of the column: a larger number can be no job's id.
MAX_ID = 2**63 - 1


class JobOut(BaseModel):
    """`progress` is the fraction of the present `step`; `error` the last failure's."""

    id: int
    name: str
    key: str | None
    state: JobState
    step: str | None
    detail: str | None
    progress: float
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None
    result: dict[str, Any] | None

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls.model_validate(job, from_attributes=True)


class JobsOut(BaseModel):
    """Latest first."""

    items: list[JobOut]


@router.get("")
async def jobs(
    queue: Jobs,
    state: JobState | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> JobsOut:
    """Jobs, latest first."""
    return JobsOut(items=[JobOut.of(job) for job in await queue.list_jobs(limit, offset, state)])


@router.get("/{job_id}")
async def job(queue: Jobs, job_id: Annotated[int, Path(ge=1, le=MAX_ID)]) -> JobOut:
    """One job and how far it is."""
    return JobOut.of(await queue.get_job(job_id))
