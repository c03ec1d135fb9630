"""The sessions of the Australian exchange (XASX): when a day opens, closes, and when its prices are final."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

SYDNEY = ZoneInfo("Australia/Sydney")
INSTANT = pl.Datetime("us", "UTC")

# The closing auction ends 11 minutes after the close, the post-close session 10.5 minutes later: 16:21:30 for 16:00.
FINAL_AFTER_CLOSE = timedelta(minutes=21, seconds=30)


def sydney_date(instant: datetime) -> date:
    """The date in Sydney at an instant; never the server's own."""
    return instant.astimezone(SYDNEY).date()


@dataclass(frozen=True)
class Session:
    """One trading day. `session_date` is Sydney's date, the instants are UTC."""

    session_date: date
    open_at: datetime
    close_at: datetime

    @property
    def final_at(self) -> datetime:
        """When the day's bar can no longer change."""
        return self.close_at + FINAL_AFTER_CLOSE


def xasx_sessions(first: date, last: date) -> list[Session]:
    """Every session from `first` to `last`, early closes (14:10 on 24 and 31 December) included."""
    # Imported here because it takes 5 seconds; called once a year, to fill the table that everyone else reads.
    import exchange_calendars  # noqa: PLC0415

    calendar: Any = exchange_calendars.get_calendar("XASX", start=first.isoformat(), end=last.isoformat())
    return [
        Session(day.date(), row["open"].to_pydatetime(), row["close"].to_pydatetime())
        for day, row in calendar.schedule.iterrows()
    ]


class FinalInstants:
    """When each session became final, as one array over the days, to look up millions of dates at once."""

    def __init__(self, sessions: pl.DataFrame) -> None:
        """`sessions`: `session_date, final_at`, at least one row."""
        days = sessions["session_date"].to_physical().to_numpy()
        self._first = int(days.min())
        self._instants = np.full(int(days.max()) - self._first + 3, np.iinfo(np.int64).min, np.int64)
        self._instants[days - self._first + 1] = sessions["final_at"].cast(INSTANT).to_physical().to_numpy()

    def of(self, days: pl.Series) -> pl.Series:
        """The instant for each date of `days` (none null); null for a day without session."""
        # Both ends of the array hold no session, so a date beyond them is clipped onto "none".
        places = np.clip(days.to_physical().to_numpy() - self._first + 1, 0, len(self._instants) - 1)
        instants = self._instants[places]
        found = pl.Series("final_at", instants).set(pl.Series(instants == np.iinfo(np.int64).min), None)
        return found.cast(INSTANT)
