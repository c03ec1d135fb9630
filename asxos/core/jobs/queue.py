"""JobQueue: defer work in the transaction that needs it, run it with its progress on record."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from asxos.core.db import Connection, Database
from asxos.core.errors import BadInput, Conflict, NotFound
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import Event, EventType, JobCompleted
from asxos.core.jobs.context import JobContext, OnProgress
from asxos.core.jobs.errors import DuplicateJobName, JobDied, UnknownJob
from asxos.core.jobs.lock import job_lock
from asxos.core.jobs.records import Job, JobState, Progress
from asxos.core.jobs.repository import JobRepository
from asxos.core.jobs.retry import WorkerDied, backoff
from asxos.core.logging import correlated, current_correlation_id

JobFunction = Callable[..., Awaitable[Mapping[str, Any] | None]]
"""`async def job(context: JobContext, **args) -> Mapping | None`, safe to repeat from its start."""

BUSY_PAUSE = timedelta(seconds=1)
WATCH_SECONDS = 0.2
FINAL_ERRORS = (BadInput, NotFound, Conflict)
"""A second attempt would meet them again."""

log = structlog.get_logger()


@dataclass(frozen=True)
class RegisteredJob:
    name: str
    function: JobFunction
    concurrency: int
    max_attempts: int


class JobQueue:
    """Jobs by name. The composition root registers the same ones in every process."""

    def __init__(self, db: Database, event_bus: EventBus) -> None:
        self._db = db
        self._bus = event_bus
        self._repo = JobRepository(db)
        self._registered: dict[str, RegisteredJob] = {}

    @property
    def registered(self) -> list[RegisteredJob]:
        return list(self._registered.values())

    def register(self, name: str, function: JobFunction, *, concurrency: int = 1, max_attempts: int = 3) -> None:
        """Make `function` known as `name`; at most `concurrency` of it run at a time, over all workers (0: no limit).

        Raises: DuplicateJobName.
        """
        if name in self._registered:
            raise DuplicateJobName(name)
        self._registered[name] = RegisteredJob(name, function, concurrency, max_attempts)

    async def defer(
        self, name: str, *, key: str | None = None, run_at: datetime | None = None, **args: Any
    ) -> int | None:
        """Queue a job with JSON arguments; inside a transaction it exists once, and only if, that commits.

        The same `key` is queued once, ever: returns the new job's id, or None when the key stood already.
        Raises: UnknownJob.
        """
        self._find(name)
        queued = await self._repo.defer(name, key, args, run_at, current_correlation_id())
        if queued is None:
            return None
        job_id, xid = queued
        self._bus.wakeups.after(xid)
        return job_id

    async def run_now(
        self,
        name: str,
        *,
        key: str | None = None,
        args: Mapping[str, Any] | None = None,
        on_progress: OnProgress | None = None,
    ) -> Job:
        """Run a job in this process, once, and return it when it is done; its error is raised here and is final.

        The job is queued as well, so a worker finishes it should this process die. Where the key stood already: a job
        that is done is returned as it is, one that another process runs is watched to its end, a dead one is run again.

        Raises: UnknownJob; JobDied: the process that ran it gave it up; whatever the job itself raises.
        """
        job_id = await self.defer(name, key=key, **(args or {}))
        if job_id is None:
            assert key is not None
            stood = await self._repo.find_by_key(key)
            assert stood is not None
            job_id = stood.id
            await self._repo.revive(job_id)
        # Another process's row cannot set an event of this one, so it is polled.
        while not (job := await self._run_or_look(job_id, on_progress)).state.is_final:  # noqa: ASYNC110
            await asyncio.sleep(WATCH_SECONDS)
        if job.state is JobState.DEAD:
            raise JobDied(job.id, job.name, job.error)
        return job

    async def execute(self, job_id: int) -> timedelta | None:
        """Run a queued job in a worker; returns how long to wait before another attempt, None when it has ended."""
        async with job_lock(self._db, job_id) as connection:
            if connection is None:
                return BUSY_PAUSE
            if (job := await self._repo.begin(job_id)) is None:
                return None
            try:
                self._refuse_deadly(job)
                await self._attempt(job, connection, None)
            except Exception as error:
                return await self._failed(job, error)
        return None

    async def list_jobs(self, limit: int = 100, offset: int = 0, state: JobState | None = None) -> list[Job]:
        """A page of jobs, latest first."""
        return await self._repo.list_latest(limit, offset, state)

    async def get_job(self, id: int) -> Job:
        """Raises: NoSuchJob."""
        return await self._repo.get(id)

    async def _run_or_look(self, job_id: int, on_progress: OnProgress | None) -> Job:
        async with job_lock(self._db, job_id) as connection:
            if connection is not None and (job := await self._repo.begin(job_id)) is not None:
                try:
                    await self._attempt(job, connection, on_progress)
                except Exception as error:
                    await self._end(job, JobState.DEAD, error=_text(error))
                    raise
        job = await self._repo.get(job_id)
        if on_progress is not None and job.state is JobState.RUNNING:
            on_progress(Progress(job.step, job.progress, job.detail))
        return job

    async def _attempt(self, job: Job, connection: Connection, on_progress: OnProgress | None) -> None:
        registered = self._find(job.name)
        with correlated(job.correlation_id):
            log.info("job begins", job=job.name, job_id=job.id, attempt=job.attempts)
            context = JobContext(job.id, connection, on_progress)
            try:
                result = await registered.function(context, **job.args)
            except asyncio.CancelledError:
                # The process is told to stop. Should the write fail, the lock's end says the same.
                with suppress(Exception):
                    await self._repo.release(job.id)
                raise
            finally:
                context.close()
            await self._end(job, JobState.DONE, result=result)

    def _refuse_deadly(self, job: Job) -> None:
        allowed = self._find(job.name).max_attempts
        if job.attempts > allowed:
            raise WorkerDied(allowed)

    async def _failed(self, job: Job, error: Exception) -> timedelta | None:
        log.error("job failed", job=job.name, job_id=job.id, attempt=job.attempts, exc_info=error)
        is_last = job.attempts >= self._find(job.name).max_attempts
        if is_last or isinstance(error, FINAL_ERRORS):
            await self._end(job, JobState.DEAD, error=_text(error))
            return None
        await self._repo.finish(job.id, JobState.FAILED, error=_text(error))
        return backoff(job.attempts)

    async def _end(
        self, job: Job, state: JobState, *, error: str | None = None, result: Mapping[str, Any] | None = None
    ) -> None:
        async with self._db.transaction():
            ended = await self._repo.finish(job.id, state, error=error, result=result)
            completed = JobCompleted(
                job_id=job.id, name=job.name, state=state, key=job.key, seconds=ended.seconds, error=error
            )
            event = Event.of(EventType.JOB_COMPLETED, completed, source="JobQueue", correlation_id=job.correlation_id)
            await self._bus.publish(event)

    def _find(self, name: str) -> RegisteredJob:
        if name not in self._registered:
            raise UnknownJob(name, sorted(self._registered))
        return self._registered[name]


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
