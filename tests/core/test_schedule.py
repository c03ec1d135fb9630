"""The timetable: Sydney time, sessions only, once each, and made up for after downtime.

Sessions and instants of 2026 come from the exchange's calendar: closed on 26 January and 3-6 April, daylight saving
ends on 5 April and begins on 4 October.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from cronsim import CronSimError

from asxos.core.db import Database, make_pool
from asxos.core.events.event_bus import EventBus
from asxos.core.jobs.context import JobContext
from asxos.core.jobs.queue import JobQueue
from asxos.core.schedule import Cron, Daily, Timetable, sydney_instant

CLOSED = {date(2026, 1, 26), date(2026, 4, 3), date(2026, 4, 6)}
FINAL = time(16, 21, 30)
EVENING = Daily("signals", at=time(18, 30))


@dataclass
class Weekdays:
    """Monday to Friday without the holidays these tests touch; bars final at 16:21:30."""

    is_filled: bool = True

    async def is_session(self, day: date) -> bool:
        return self.is_filled and day.weekday() < 5 and day not in CLOSED

    async def latest_final(self, now: datetime) -> date | None:
        days = [(now - timedelta(days=n)).date() for n in range(-1, 9)]
        final = [d for d in days if await self.is_session(d) and sydney_instant(d, FINAL) <= now]
        return final[0] if final else None


def sydney(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return sydney_instant(date(2026, month, day), time(hour, minute))


async def generate(context: JobContext, as_of: str) -> None: ...


async def train(context: JobContext) -> None: ...


@pytest.fixture
def jobs(db: Database) -> JobQueue:
    return _jobs(db)


def _jobs(db: Database) -> JobQueue:
    queue = JobQueue(db, EventBus(db))
    queue.register("signals", generate)
    queue.register("train", train)
    return queue


def test_sydney_times_are_instants_with_daylight_saving() -> None:
    # shared/domain/market.md: the open of 28 January and of 1 July 2026
    assert sydney_instant(date(2026, 1, 28), time(10)) == datetime(2026, 1, 27, 23, tzinfo=UTC)
    assert sydney_instant(date(2026, 7, 1), time(10)) == datetime(2026, 7, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "key", "as_of"),
    [
        (sydney(1, 28, 18, 29), "signals:2026-01-27", "2026-01-27"),
        (sydney(1, 28, 18, 30), "signals:2026-01-28", "2026-01-28"),
        # the weekend and Australia Day still belong to Friday
        (sydney(1, 25, 12), "signals:2026-01-23", "2026-01-23"),
        (sydney(1, 26, 20), "signals:2026-01-23", "2026-01-23"),
        # the change of the clocks falls into Easter: 18:30 is 07:30Z before and 08:30Z after it
        (datetime(2026, 4, 2, 7, 30, tzinfo=UTC), "signals:2026-04-02", "2026-04-02"),
        (datetime(2026, 4, 7, 8, 29, tzinfo=UTC), "signals:2026-04-02", "2026-04-02"),
        (datetime(2026, 4, 7, 8, 30, tzinfo=UTC), "signals:2026-04-07", "2026-04-07"),
    ],
)
async def test_an_evening_job_fires_for_each_session_after_its_bars_are_final(
    now: datetime, key: str, as_of: str
) -> None:
    firing = await EVENING.due(now, Weekdays())
    assert firing is not None
    assert (firing.key, firing.args) == (key, {"as_of": as_of})


async def test_a_morning_job_is_about_the_session_before(jobs: JobQueue) -> None:
    firing = await Daily("signals", at=time(9)).due(sydney(1, 27, 9, 30), Weekdays())
    assert firing is not None
    assert (firing.key, firing.args) == ("signals:2026-01-27", {"as_of": "2026-01-23"})


async def test_a_job_of_every_day_fires_on_a_holiday_too() -> None:
    firing = await Daily("signals", at=time(9), sessions_only=False).due(sydney(1, 26, 9), Weekdays())
    assert firing is not None
    assert firing.key == "signals:2026-01-26"


async def test_an_empty_calendar_fires_nothing() -> None:
    assert await EVENING.due(sydney(1, 28, 20), Weekdays(is_filled=False)) is None
    every_day = Daily("signals", at=time(9), sessions_only=False)
    assert await every_day.due(sydney(1, 28, 20), Weekdays(is_filled=False)) is None


async def test_a_job_fires_once_a_session(jobs: JobQueue) -> None:
    timetable = Timetable([EVENING], jobs, Weekdays())
    ticks = [len(await timetable.tick(sydney(1, 28, 18, minute))) for minute in (30, 31, 59)]
    assert ticks == [1, 0, 0]
    (job,) = await jobs.list_jobs()
    assert (job.name, job.args) == ("signals", {"as_of": "2026-01-28"})


async def test_four_racing_workers_fire_once_between_them(database_url: str) -> None:
    async def worker() -> int:
        db = Database(make_pool(database_url, max_size=2))
        await db.open()
        timetable = Timetable([EVENING], _jobs(db), Weekdays())
        queued = [job for hour in range(19, 23) for job in await timetable.tick(sydney(1, 28, hour))]
        await db.close()
        return len(queued)

    assert sum(await asyncio.gather(*(worker() for _ in range(4)))) == 1


async def test_after_downtime_only_the_latest_missed_session_is_made_up_for(jobs: JobQueue) -> None:
    # given a worker that ran on Tuesday and again on Friday morning
    await Timetable([EVENING], jobs, Weekdays()).tick(sydney(1, 27, 19))
    await Timetable([EVENING], jobs, Weekdays()).tick(sydney(1, 30, 8))
    # then Wednesday's is left out, Thursday's is not
    assert [job.args["as_of"] for job in await jobs.list_jobs()] == ["2026-01-29", "2026-01-27"]


async def test_a_cron_entry_fires_at_sydney_times_once_each(jobs: JobQueue) -> None:
    timetable = Timetable([Cron("train", "0 3 * * 6")], jobs, Weekdays())
    instants = [sydney(7, 4, 3), sydney(7, 4, 9), sydney(7, 5, 2), sydney(10, 10, 3)]
    assert [len(await timetable.tick(now)) for now in instants] == [1, 0, 0, 1]
    assert [job.key for job in await jobs.list_jobs()] == [
        "train:2026-10-09T16:00:00+00:00",
        "train:2026-07-03T17:00:00+00:00",
    ]


async def test_a_cron_firing_missed_long_ago_is_let_go() -> None:
    weekly = Cron("train", "0 3 * * 6")
    assert await weekly.due(sydney(7, 6, 3), Weekdays()) is None


async def test_an_hour_that_does_not_exist_or_comes_twice_fires_once(jobs: JobQueue) -> None:
    timetable = Timetable([Cron("train", "30 2 * * *")], jobs, Weekdays())
    for night in (datetime(2026, 4, 4, 14, tzinfo=UTC), datetime(2026, 10, 3, 14, tzinfo=UTC)):
        fired = [job for m in range(0, 240, 10) for job in await timetable.tick(night + timedelta(minutes=m))]
        assert len(fired) - 1 == 1  # the night before is made up for on the first tick


def test_a_wrong_cron_expression_is_refused_where_it_is_written() -> None:
    with pytest.raises(CronSimError):
        Cron("train", "61 * * * *")
