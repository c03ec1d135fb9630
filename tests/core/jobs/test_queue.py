"""Jobs: deferred with the change that needs them, run once at a time, their progress and end on record."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from asxos.core.db import Database
from asxos.core.errors import BadInput
from asxos.core.events.event_bus import EventBus
from asxos.core.jobs.context import JobContext
from asxos.core.jobs.errors import DuplicateJobName, JobDied, NoSuchJob, UnknownJob
from asxos.core.jobs.lock import job_lock
from asxos.core.jobs.queue import BUSY_PAUSE, JobQueue
from asxos.core.jobs.records import JobState, Progress
from asxos.core.jobs.retry import backoff
from asxos.core.logging import correlated, current_correlation_id
from tests.core.jobs.conftest import completions


async def double(context: JobContext, number: int) -> Mapping[str, Any]:
    return {"number": 2 * number}


async def fail(context: JobContext) -> None:
    raise ValueError("no luck")


async def refuse(context: JobContext) -> None:
    raise BadInput("line 3 has no date")


class Waiting:
    """A job that begins and then waits to be let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self, context: JobContext) -> None:
        await context.step("wait")
        self.begun.set()
        await self.may_end.wait()


async def queued_turns(db: Database) -> int:
    async with db.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM pgqueuer")).fetchone()
    assert row is not None
    return int(row[0])


async def defer(jobs: JobQueue, name: str, **args: Any) -> int:
    job_id = await jobs.defer(name, **args)
    assert job_id is not None
    return job_id


async def test_a_deferred_job_vanishes_with_the_transaction_that_is_rolled_back(db: Database, jobs: JobQueue) -> None:
    jobs.register("double", double)

    async def defer_and_fail() -> None:
        async with db.transaction():
            await jobs.defer("double", key="k", number=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await defer_and_fail()
    assert await jobs.list_jobs() == []
    assert await queued_turns(db) == 0


async def test_a_key_is_queued_once_ever(db: Database, jobs: JobQueue) -> None:
    jobs.register("double", double)
    first = await defer(jobs, "double", key="double:2026-01-28", number=1)
    assert await jobs.defer("double", key="double:2026-01-28", number=2) is None
    await jobs.execute(first)
    assert await jobs.defer("double", key="double:2026-01-28", number=3) is None
    assert await queued_turns(db) == 1


async def test_a_job_for_later_says_when(jobs: JobQueue) -> None:
    jobs.register("double", double)
    later = datetime.now(UTC) + timedelta(hours=1)
    job = await jobs.get_job(await defer(jobs, "double", run_at=later, number=1))
    assert (job.run_at, job.state) == (later, JobState.WAITING)


async def test_a_job_that_is_done_keeps_its_result_and_is_announced_once(bus: EventBus, jobs: JobQueue) -> None:
    # given a deferred job
    jobs.register("double", double)
    job_id = await defer(jobs, "double", key="k", number=21)
    # when it is executed, and once more as after a worker's death
    assert await jobs.execute(job_id) is None
    assert await jobs.execute(job_id) is None
    # then it is done, once
    job = await jobs.get_job(job_id)
    assert (job.state, job.result, job.progress, job.attempts) == (JobState.DONE, {"number": 42}, 1.0, 1)
    (completed,) = await completions(bus)
    assert (completed.job_id, completed.name, completed.state, completed.key) == (job_id, "double", "done", "k")
    assert completed.seconds == job.seconds


async def test_a_job_runs_under_the_correlation_id_of_who_deferred_it(bus: EventBus, jobs: JobQueue) -> None:
    found: list[str | None] = []

    async def look(context: JobContext) -> None:
        found.append(current_correlation_id())

    jobs.register("look", look)
    with correlated("request-5"):
        job_id = await defer(jobs, "look")
    await jobs.execute(job_id)
    assert found == ["request-5"]
    (event,) = await bus.get_history()
    assert event.correlation_id == "request-5"


async def test_a_failing_job_is_tried_again_and_given_up_after_its_last_attempt(bus: EventBus, jobs: JobQueue) -> None:
    jobs.register("fail", fail, max_attempts=2)
    job_id = await defer(jobs, "fail")
    # after the first attempt it waits for another
    assert await jobs.execute(job_id) == backoff(1)
    job = await jobs.get_job(job_id)
    assert (job.state, job.error) == (JobState.FAILED, "ValueError: no luck")
    assert await completions(bus) == []
    # after the last it is dead, and that is announced
    assert await jobs.execute(job_id) is None
    assert (await jobs.get_job(job_id)).state is JobState.DEAD
    (completed,) = await completions(bus)
    assert (completed.state, completed.error) == ("dead", "ValueError: no luck")


async def test_a_job_refused_for_its_input_is_not_tried_again(bus: EventBus, jobs: JobQueue) -> None:
    jobs.register("refuse", refuse)
    job_id = await defer(jobs, "refuse")
    assert await jobs.execute(job_id) is None
    job = await jobs.get_job(job_id)
    assert (job.state, job.attempts, job.error) == (JobState.DEAD, 1, "BadInput: line 3 has no date")


async def test_a_job_that_kills_its_worker_each_time_is_given_up(db: Database, jobs: JobQueue) -> None:
    jobs.register("double", double, max_attempts=2)
    job_id = await defer(jobs, "double", number=1)
    async with db.connection() as connection:
        await connection.execute("UPDATE jobs SET state = 'running', attempts = 2")
    assert await jobs.execute(job_id) is None
    job = await jobs.get_job(job_id)
    assert (job.state, job.error) == (JobState.DEAD, "WorkerDied: the worker died in each of 2 attempts")


async def test_progress_is_seen_by_others_while_the_jobs_own_transaction_is_open(db: Database, jobs: JobQueue) -> None:
    at_half, may_end = asyncio.Event(), asyncio.Event()

    async def work(context: JobContext) -> None:
        await context.step("ingest")
        async with db.transaction():
            await context.progress(1.7, "too far is all")
            await context.step("train")
            await asyncio.sleep(0.3)
            await context.progress(0.5, "half")
            await context.progress(0.6, "not stored: too soon")
            at_half.set()
            await may_end.wait()

    jobs.register("work", work)
    job_id = await defer(jobs, "work")
    running = asyncio.create_task(jobs.execute(job_id))
    await at_half.wait()
    job = await jobs.get_job(job_id)
    assert (job.state, job.step, job.progress, job.detail) == (JobState.RUNNING, "train", 0.5, "half")
    may_end.set()
    await running


async def test_a_thread_that_computes_can_report_progress(jobs: JobQueue) -> None:
    seen: list[Progress] = []

    async def compute(context: JobContext) -> None:
        await asyncio.to_thread(context.progress_from_thread, 1.0, "computed")
        await asyncio.sleep(0.05)

    jobs.register("compute", compute)
    await jobs.run_now("compute", on_progress=seen.append)
    assert seen == [Progress(None, 1.0, "computed")]


async def test_a_report_that_comes_after_the_end_is_not_written(db: Database, jobs: JobQueue) -> None:
    kept: list[JobContext] = []

    async def work(context: JobContext) -> None:
        kept.append(context)

    jobs.register("work", work)
    job = await jobs.run_now("work")
    await kept[0].progress(0.5, "late")
    assert (await jobs.get_job(job.id)).progress == 1.0


async def test_one_job_has_one_runner(jobs: JobQueue) -> None:
    # given a job that a worker runs
    waiting = Waiting()
    jobs.register("wait", waiting)
    job_id = await defer(jobs, "wait")
    first = asyncio.create_task(jobs.execute(job_id))
    await waiting.begun.wait()
    # when a second worker picks it too
    assert await jobs.execute(job_id) == BUSY_PAUSE
    # then it was begun once
    waiting.may_end.set()
    await first
    assert (await jobs.get_job(job_id)).attempts == 1


async def test_a_job_broken_off_by_a_stop_waits_again_without_losing_an_attempt(jobs: JobQueue) -> None:
    waiting = Waiting()
    jobs.register("wait", waiting)
    job_id = await defer(jobs, "wait")
    running = asyncio.create_task(jobs.execute(job_id))
    await waiting.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    job = await jobs.get_job(job_id)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)


async def test_the_lock_of_a_lost_session_is_free(db: Database, jobs: JobQueue) -> None:
    async with job_lock(db, 1) as connection:
        assert connection is not None
        async with db.connection() as other:
            await other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    async with job_lock(db, 1) as connection:
        assert connection is not None


async def test_run_now_shows_progress_and_returns_the_job_that_is_done(db: Database, jobs: JobQueue) -> None:
    seen: list[Progress] = []

    async def work(context: JobContext) -> Mapping[str, Any]:
        await context.step("factors")
        await context.progress(0.5, "BHP.AX")
        return {"rows": 3}

    jobs.register("work", work)
    job = await jobs.run_now("work", key="work:1", on_progress=seen.append)
    assert (job.state, job.result) == (JobState.DONE, {"rows": 3})
    assert seen == [Progress("factors", 0.0), Progress("factors", 0.5, "BHP.AX")]
    # asked again it is not run again, and the worker that picks its turn finds it done
    assert await jobs.run_now("work", key="work:1", on_progress=seen.append) == job
    assert await jobs.execute(job.id) is None
    assert len(seen) == 2


async def test_run_now_raises_what_the_job_raises_and_can_be_repeated(bus: EventBus, jobs: JobQueue) -> None:
    luck = {"is_out": True}

    async def work(context: JobContext) -> None:
        if luck["is_out"]:
            raise ValueError("no luck")

    jobs.register("work", work)
    with pytest.raises(ValueError, match="no luck"):
        await jobs.run_now("work", key="k")
    assert [c.state for c in await completions(bus)] == ["dead"]
    luck["is_out"] = False
    assert (await jobs.run_now("work", key="k")).state is JobState.DONE


async def test_run_now_watches_a_job_that_a_worker_runs_to_its_end(jobs: JobQueue) -> None:
    # given a job that a worker runs
    waiting = Waiting()
    jobs.register("wait", waiting)
    job_id = await defer(jobs, "wait", key="k")
    worker = asyncio.create_task(jobs.execute(job_id))
    await waiting.begun.wait()
    # when a command asks for it too
    seen: list[Progress] = []
    command = asyncio.create_task(jobs.run_now("wait", key="k", on_progress=seen.append))
    await asyncio.sleep(0.3)
    waiting.may_end.set()
    # then both see the one run end
    assert await worker is None
    assert (await command).attempts == 1
    assert seen[0] == Progress("wait", 0.0)


async def test_run_now_tells_when_the_worker_it_watched_gave_up(jobs: JobQueue) -> None:
    waiting = Waiting()

    async def work(context: JobContext) -> None:
        await waiting(context)
        raise BadInput("line 3 has no date")

    jobs.register("work", work)
    worker = asyncio.create_task(jobs.execute(await defer(jobs, "work", key="k")))
    await waiting.begun.wait()
    command = asyncio.create_task(jobs.run_now("work", key="k"))
    await asyncio.sleep(0.1)
    waiting.may_end.set()
    await worker
    with pytest.raises(JobDied, match="line 3 has no date"):
        await command


async def test_jobs_are_listed_latest_first_and_by_state(jobs: JobQueue) -> None:
    jobs.register("double", double)
    ids = [await defer(jobs, "double", number=i) for i in range(3)]
    await jobs.execute(ids[0])
    assert [job.id for job in await jobs.list_jobs(limit=2)] == [ids[2], ids[1]]
    assert [job.id for job in await jobs.list_jobs(offset=2)] == [ids[0]]
    assert [job.id for job in await jobs.list_jobs(state=JobState.DONE)] == [ids[0]]
    assert (await jobs.get_job(ids[1])).seconds is None


async def test_names_that_mean_nothing_or_two_things_are_refused(jobs: JobQueue) -> None:
    jobs.register("double", double)
    with pytest.raises(DuplicateJobName, match="double"):
        jobs.register("double", fail)
    with pytest.raises(UnknownJob, match=r"'triple'.*known are double"):
        await jobs.defer("triple")
    with pytest.raises(NoSuchJob):
        await jobs.get_job(1)
