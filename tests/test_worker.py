"""The worker as people rely on it: killed, stopped, cut off, and still every job and delivery has its effect once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, time
from typing import LiteralString

import pytest
import structlog

from asxos.core.db import Database, make_pool
from asxos.core.events.event_bus import EventBus
from asxos.core.jobs.records import Job, JobState
from asxos.core.logging import configure_logging
from asxos.core.schedule import Daily, Timetable
from asxos.worker import run
from tests.core.events.conftest import portfolio_changed, published
from tests.core.jobs.conftest import completions
from tests.core.jobs.worker_process import TABLES, Parts, Work, parts


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No tracebacks of the failures that these tests provoke: writing them takes longer than the tests."""
    configure_logging("CRITICAL", as_json=False)
    yield
    structlog.reset_defaults()


@pytest.fixture
async def system(database_url: str) -> AsyncIterator[Parts]:
    async with parts(database_url) as made:
        async with made.db.connection() as connection:
            await connection.execute(TABLES)
        yield made


@asynccontextmanager
async def worker_process(system: Parts) -> AsyncGenerator[subprocess.Popen[bytes], None]:
    """A worker in a process of its own; killed at the end if a test has not done so."""
    command = [sys.executable, "-m", "tests.core.jobs.worker_process", system.database_url]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    try:
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)


@asynccontextmanager
async def worker(system: Parts) -> AsyncGenerator[asyncio.Task[None], None]:
    """A worker in this process, stopped at the end."""
    stop = asyncio.Event()
    task = asyncio.create_task(run(system, stop, grace_seconds=0.2))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


async def count(db: Database, query: LiteralString) -> int:
    async with db.connection() as connection:
        row = await (await connection.execute(query)).fetchone()
    assert row is not None
    return int(row[0])


def has_begun(system: Parts, times: int = 1) -> Callable[[], Awaitable[bool]]:
    async def condition() -> bool:
        return await count(system.db, "SELECT count(*) FROM begun") >= times

    return condition


def is_empty(system: Parts) -> Callable[[], Awaitable[bool]]:
    async def condition() -> bool:
        return await count(system.db, "SELECT count(*) FROM pgqueuer") == 0

    return condition


async def only_job(system: Parts) -> Job:
    (job,) = await system.jobs.list_jobs()
    return job


async def test_a_job_whose_worker_is_killed_is_done_by_the_next_with_its_effect_once(system: Parts) -> None:
    # given a worker in the middle of a job
    await system.jobs.defer("work", key="k", what="a job")
    async with worker_process(system) as process:
        await until(has_begun(system))
        # when it is killed
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.wait)
    job = await only_job(system)
    assert (job.state, job.step) == (JobState.RUNNING, "working")
    # then the next one picks the job up and does it
    async with worker(system):
        await until(is_empty(system))
    job = await only_job(system)
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    assert await count(system.db, "SELECT count(*) FROM effects") == 1
    assert [c.state for c in await completions(system.event_bus)] == ["done"]


async def test_a_delivery_whose_worker_is_killed_is_made_by_the_next_with_its_effect_once(system: Parts) -> None:
    # given a worker in the middle of a delivery, its handler's write not yet committed
    await published(system.db, system.event_bus, portfolio_changed(7, "hang"))
    async with worker_process(system) as process:
        await until(has_begun(system))
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.wait)
    assert await count(system.db, "SELECT count(*) FROM heard") == 0
    # when the next worker runs
    async with worker(system):
        await until(is_empty(system))
    # then the event was heard once
    assert await count(system.db, "SELECT count(*) FROM heard") == 1


async def test_a_worker_told_to_stop_puts_back_what_it_cannot_finish_and_leaves(system: Parts) -> None:
    # given a worker in the middle of a long job
    await system.jobs.defer("work", what="a job")
    async with worker_process(system) as process:
        await until(has_begun(system))
        # when it gets SIGTERM
        process.terminate()
        # then it leaves in good order, and the job waits with all its attempts
        assert await asyncio.to_thread(process.wait, 10) == 0
    job = await only_job(system)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    # and is picked up at once by the next, which need not wait for a heartbeat to run out
    async with worker(system):
        await until(has_begun(system, 2), 3)
        await until(is_empty(system))
    assert (await only_job(system)).state is JobState.DONE


async def test_a_worker_that_is_cancelled_loses_nothing(system: Parts) -> None:
    await system.jobs.defer("work", what="a job")
    task = asyncio.create_task(run(system, asyncio.Event()))
    await until(has_begun(system))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await only_job(system)).state is JobState.WAITING
    async with worker(system):
        await until(is_empty(system))
    assert (await only_job(system)).state is JobState.DONE


async def test_a_deferred_job_and_a_published_event_begin_without_waiting_for_the_poll(system: Parts) -> None:
    async with worker(system), system.feed.listen() as queue:
        await asyncio.sleep(1.3)  # the engine has found nothing and sleeps
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for n in range(4):
            await published(system.db, system.event_bus, portfolio_changed(n))
            await until(lambda n=n: _has_heard(system, n + 1))
            await queue.get()
        # four polls would need four seconds
        assert loop.time() - begun < 2
        await until(is_empty(system))


async def _has_heard(system: Parts, times: int) -> bool:
    return await count(system.db, "SELECT count(*) FROM heard") >= times


async def test_a_poison_event_holds_nobody_up(system: Parts) -> None:
    # given a subscriber that always fails, beside one that works
    async def poisoned(event: object) -> None:
        raise ValueError("poison")

    system.event_bus.subscribe(portfolio_changed().type, poisoned, name="poisoned")
    async with worker(system):
        await published(system.db, system.event_bus, *(portfolio_changed(n) for n in range(20)))
        # then the other hears every event at once
        await until(lambda: _has_heard(system, 20), 5)
    assert await count(system.db, "SELECT count(DISTINCT portfolio_id) FROM heard") == 20
    # and the failed ones wait for their next attempt
    assert await count(system.db, "SELECT count(*) FROM pgqueuer") == 20


async def test_a_worker_cut_off_from_the_database_comes_back(system: Parts) -> None:
    async with worker(system) as task:
        await asyncio.sleep(0.5)
        async with system.db.connection() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await published(system.db, system.event_bus, portfolio_changed(1))
        await until(lambda: _has_heard(system, 1))
        assert not task.done()


async def test_what_cannot_be_written_down_is_tried_again_and_not_lost(system: Parts, database_url: str) -> None:
    # given a worker whose pool is gone, though its engine still has a connection
    other = Database(make_pool(database_url))
    await other.open()
    bus = EventBus(other)
    bus.subscribe(portfolio_changed().type, Work(other).handle, name="work")

    async def was_tried() -> bool:
        return await count(other, "SELECT coalesce(max(attempts), 0) FROM pgqueuer") > 0

    async with worker(system):
        await system.db.close()
        # when a delivery is picked
        await published(other, bus, portfolio_changed(7))
        await until(was_tried)
    # then it is still there
    assert await count(other, "SELECT count(*) FROM pgqueuer WHERE status = 'queued'") == 1
    await other.close()


async def test_a_worker_minds_signals_when_nobody_else_does(system: Parts) -> None:
    task = asyncio.create_task(run(system))
    await asyncio.sleep(0.3)
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.wait_for(task, 5)


class UnreadableCalendar:
    """Fails as often as it is asked, and counts."""

    def __init__(self) -> None:
        self.asked = 0

    async def latest_final(self, now: datetime) -> date | None:
        raise NotImplementedError

    async def is_session(self, day: date) -> bool:
        self.asked += 1
        raise ValueError("no sessions can be read")


async def test_the_worker_keeps_asking_the_timetable_when_its_calendar_fails(
    system: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asxos.worker.TICK_SECONDS", 0.05)
    calendar = UnreadableCalendar()
    timetable = Timetable([Daily("work", at=time(0))], system.jobs, calendar)
    async with worker(replace(system, timetable=timetable)):
        await asyncio.sleep(0.5)
    assert calendar.asked > 1
