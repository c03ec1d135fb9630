"""Small frames for tests of bars."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl

from asxos.domain.bars.matching import ACTION_SCHEMA
from asxos.domain.calendar import FinalInstants
from asxos.providers.prices import BARS_SCHEMA

MONDAY = date(2024, 1, 8)
NOW = datetime(2024, 6, 30, tzinfo=UTC)


def weekdays(count: int, first: date = MONDAY) -> list[date]:
    """Days from `first` on, without weekends."""
    days = (first + timedelta(days=n) for n in range(count * 2 + 7))
    return [day for day in days if day.weekday() < 5][:count]


def finals(first: date = date(2023, 1, 2), count: int = 600) -> FinalInstants:
    """Every weekday is a session, final at 06:00 UTC."""
    days = weekdays(count, first)
    instants = [datetime(d.year, d.month, d.day, 6, tzinfo=UTC) for d in days]
    frame = pl.DataFrame({"session_date": days, "final_at": instants})
    return FinalInstants(frame.with_columns(pl.col("final_at").cast(pl.Datetime("us", "UTC"))))


def bars(code: str, closes: Sequence[float], first: date = MONDAY, **columns: Sequence[object]) -> pl.DataFrame:
    """A Bars frame on neighbouring weekdays: open, high and low equal the close, 1,000 shares traded."""
    count = len(closes)
    values: dict[str, object] = {
        "symbol": [code] * count,
        "session_date": weekdays(count, first),
        **{name: list(closes) for name in ("open", "high", "low", "close")},
        "volume": [1_000] * count,
        "adj_close": [None] * count,
        "line": list(range(1, count + 1)),
        "entity": [None] * count,
    }
    return pl.DataFrame({**values, **columns}, schema=BARS_SCHEMA)


def series(closes_by_id: Mapping[int, Sequence[float]], **columns: Sequence[object]) -> pl.DataFrame:
    """Bars of several securities with their ids, sorted."""
    parts = [
        bars(f"S{id}X.AX", closes).with_columns(security_id=pl.lit(id, pl.Int32)) for id, closes in closes_by_id.items()
    ]
    return pl.concat(parts).with_columns(**{name: pl.Series(values) for name, values in columns.items()})


def actions(*rows: tuple[int, date, str, float]) -> pl.DataFrame:
    """Reported actions: security_id, ex_date, kind, factor."""
    full = [(id, day, kind, factor, None, None, "reported") for id, day, kind, factor in rows]
    return pl.DataFrame(full, schema=ACTION_SCHEMA, orient="row")
