"""The timetable: jobs at Sydney times, each firing once however many workers ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from cronsim import CronSim

from asxos.domain.calendar import SYDNEY, sydney_date

LONGEST_CLOSURE_DAYS = 14
"""How far back a session is looked for; the exchange never closes for so long."""


class SessionCalendar(Protocol):
    """The exchange's sessions, as the market feature keeps them."""

    async def latest_final(self, now: datetime) -> date | None:
        """The latest session whose end-of-day bars are final at `now`; None when no sessions are known."""
        ...

    async def is_session(self, day: date) -> bool:
        """Whether the exchange trades on this Sydney date."""
        ...


class Deferrer(Protocol):
    """The part of JobQueue that a timetable needs."""

    async def defer(
        self, name: str, *, key: str | None = None, run_at: datetime | None = None, **args: Any
    ) -> int | None: ...


@dataclass(frozen=True)
class Firing:
    """One time an entry is due. `key` is the same in every worker that sees it."""

    job: str
    key: str
    args: dict[str, Any]


@dataclass(frozen=True)
class Daily:
    """Once a day at a Sydney wall-clock time, by default only on days the exchange trades.

    The job gets `as_of`: the session whose data is final at that time (18:30 means today's, 09:00 the one before).
    After downtime the latest missed day fires at once; older ones do not, for the latest covers them.
    """

    job: str
    at: time
    sessions_only: bool = True

    async def due(self, now: datetime, calendar: SessionCalendar) -> Firing | None:
        """The latest firing at or before `now`; None where the calendar knows none."""
        fired_at = await self._latest(now, calendar)
        as_of = fired_at and await calendar.latest_final(fired_at)
        if fired_at is None or as_of is None:
            return None
        day = sydney_date(fired_at)
        return Firing(self.job, f"{self.job}:{day}", {"as_of": as_of.isoformat()})

    async def _latest(self, now: datetime, calendar: SessionCalendar) -> datetime | None:
        today = sydney_date(now)
        for back in range(LONGEST_CLOSURE_DAYS):
            day = today - timedelta(days=back)
            if sydney_instant(day, self.at) <= now and (not self.sessions_only or await calendar.is_session(day)):
                return sydney_instant(day, self.at)
        return None


@dataclass(frozen=True)
class Cron:
    """At every time of a cron expression, read as Sydney wall-clock time.

    After downtime the latest missed firing is made up for, unless it is more than `catch_up` ago. At the change to
    daylight saving a time that does not exist fires at the change; an hour that comes twice fires once.
    """

    job: str
    expression: str
    catch_up: timedelta = timedelta(days=1)

    def __post_init__(self) -> None:
        # A wrong expression is refused where it is written. Raises: CronSimError.
        CronSim(self.expression, datetime(2026, 1, 1, tzinfo=SYDNEY))

    async def due(self, now: datetime, calendar: SessionCalendar) -> Firing | None:  # noqa: ARG002 # as Daily's
        """The latest firing at or before `now`."""
        # Backwards from a second ahead, since the iterator leaves its own starting point out.
        local = (now + timedelta(seconds=1)).astimezone(SYDNEY)
        fired_at = next(CronSim(self.expression, local, reverse=True))
        if now - fired_at > self.catch_up:
            return None
        return Firing(self.job, f"{self.job}:{fired_at.astimezone(UTC).isoformat()}", {})


class Timetable:
    """Asked every few seconds by every worker; the job's key makes sure that one of them fires."""

    def __init__(self, entries: Sequence[Daily | Cron], jobs: Deferrer, calendar: SessionCalendar) -> None:
        self._entries = entries
        self._jobs = jobs
        self._calendar = calendar
        self._fired: dict[Daily | Cron, str] = {}

    async def tick(self, now: datetime) -> list[int]:
        """Queue what is due at `now` and was not queued before; returns the ids of the jobs this call queued."""
        queued = [await self._fire(entry, now) for entry in self._entries]
        return [job_id for job_id in queued if job_id is not None]

    async def _fire(self, entry: Daily | Cron, now: datetime) -> int | None:
        firing = await entry.due(now, self._calendar)
        # The memory only spares the database a question each tick.
        if firing is None or self._fired.get(entry) == firing.key:
            return None
        job_id = await self._jobs.defer(firing.job, key=firing.key, **firing.args)
        self._fired[entry] = firing.key
        return job_id


def sydney_instant(day: date, at: time) -> datetime:
    """The instant, in UTC, of a wall-clock time in Sydney; daylight saving included."""
    return datetime.combine(day, at, tzinfo=SYDNEY).astimezone(UTC)
