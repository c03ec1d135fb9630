"""Keeping the table of sessions long enough."""

import asyncio
from datetime import date, datetime, timedelta

from asxos.domain.calendar import FinalInstants, xasx_sessions
from asxos.features.market.repositories import SessionRepository

FIRST = date(1990, 1, 1)


async def fill_sessions(sessions: SessionRepository, today: date) -> int:
    """Store the sessions from 1990 to the end of next year that are not there yet; how many were added."""
    last = await sessions.last()
    if last is not None and last.year > today.year:
        return 0
    first = FIRST if last is None else last + timedelta(days=1)
    found = await asyncio.to_thread(xasx_sessions, first, date(today.year + 1, 12, 31))
    await sessions.save(found)
    return len(found)


async def load_finals(sessions: SessionRepository, today: date) -> FinalInstants:
    """When each session is final, filled first where needed."""
    await fill_sessions(sessions, today)
    return FinalInstants(await sessions.finals())


class MarketCalendar:
    """The sessions as the timetable asks for them; the table is filled at the first question of a year."""

    def __init__(self, sessions: SessionRepository) -> None:
        self.sessions = sessions

    async def latest_final(self, now: datetime) -> date | None:
        """The latest session whose bars are final at `now`."""
        await fill_sessions(self.sessions, now.date())
        return await self.sessions.latest_final(now)

    async def is_session(self, day: date) -> bool:
        """Whether the exchange trades on this Sydney date."""
        await fill_sessions(self.sessions, day)
        return await self.sessions.between(day, day) == [day]
