"""Session dates as vendors write them, and the dates that daylight saving moved one session early."""

import re
from datetime import date, datetime
from functools import lru_cache

import polars as pl

from asxos.domain.calendar import SYDNEY, sydney_date

DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
FRIDAY, SUNDAY = 5, 7


@lru_cache(maxsize=100_000)
def session_date(text: str) -> date | None:
    """A Sydney date from ISO text, `YYYYMMDD` or `D/M/YYYY`; an instant with a zone is taken to Sydney; else None."""
    if match := DAY_FIRST.fullmatch(text):
        day, month, year = map(int, match.groups())
        return _date(year, month, day)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.date() if moment.tzinfo is None else sydney_date(moment)


def session_dates(column: str, kind: pl.DataType) -> pl.Expr:
    """`column` (of type `kind`) as Sydney dates; null where it is not a date."""
    raw = pl.col(column)
    if isinstance(kind, pl.Datetime) and kind.time_zone:
        return raw.dt.convert_time_zone(SYDNEY.key).dt.date()
    if kind.is_temporal():
        return raw.cast(pl.Date)
    return raw.cast(pl.String).map_batches(_parse_distinct, return_dtype=pl.Date, is_elementwise=True)


def are_one_session_early(bars_per_date: pl.DataFrame) -> bool:
    """Whether the dates are UTC dates of the Sydney open, so one day early under daylight saving.

    Args: bars_per_date: `session_date`, `len`. The sign: under daylight saving there are bars on Sundays, and more of
    them than on Fridays. (The market opens at 10:00 in Sydney, which is 23:00 UTC of the day before in summer.)
    """
    days = bars_per_date.filter(_next_day_is_summer()).group_by(pl.col("session_date").dt.weekday()).agg(pl.sum("len"))
    bars = dict(days.iter_rows())
    return bars.get(SUNDAY, 0) > bars.get(FRIDAY, 0)


def mended_dates() -> pl.Expr:
    """`session_date` with the days under daylight saving moved one day later."""
    day = pl.col("session_date")
    return pl.when(_next_day_is_summer()).then(day.dt.offset_by("1d")).otherwise(day).alias("session_date")


def _next_day_is_summer() -> pl.Expr:
    open_ = pl.col("session_date").cast(pl.Datetime("ms")).dt.offset_by("1d10h")
    return open_.dt.replace_time_zone(SYDNEY.key).dt.dst_offset() > pl.duration()


def _parse_distinct(texts: pl.Series) -> pl.Series:
    distinct = texts.unique().drop_nulls()
    dates = pl.Series([session_date(text) for text in distinct], dtype=pl.Date)
    return texts.replace_strict(distinct, dates, default=None, return_dtype=pl.Date)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
