"""Facts about companies beside prices, and what of them was known at the close of a session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta

import polars as pl

from asxos.domain.calendar import INSTANT, SYDNEY

# When a session's close is settled, on its own and where the exchange closes early (14:10).
SETTLED, SETTLED_EARLY = time(16, 21, 30), time(14, 31, 30)

# The tax a company paid on what it pays out, over what is left: a fully franked dollar's credit (30 % since 2001).
CREDIT = 0.30 / 0.70

_KNOWN: Mapping[str, pl.DataType] = {"security_id": pl.Int32(), "known_at": INSTANT}
FUNDAMENTALS: Mapping[str, pl.DataType] = {
    **_KNOWN,
    **dict.fromkeys(
        (
            "market_cap",  # A$
            "earnings_per_share",  # A$, the last twelve months reported
            "dividends_per_share",  # A$, the same
            "book_per_share",  # A$, intangible assets included
            "tangible_per_share",  # A$, without them
            "franking",  # the franked part of the dividends, a fraction
        ),
        pl.Float64(),
    ),
}
SHORTS: Mapping[str, pl.DataType] = {**_KNOWN, "short_share": pl.Float64(), "short_quantity": pl.Float64()}
ANNOUNCEMENTS: Mapping[str, pl.DataType] = {
    **_KNOWN,
    "kind": pl.String(),
    "is_price_sensitive": pl.Boolean(),
    "tone": pl.Float64(),
    "learnt_tone": pl.Float64(),
}
SECTORS: Mapping[str, pl.DataType] = {"security_id": pl.Int32(), "valid_from": pl.Date(), "sector": pl.String()}


@dataclass(frozen=True, eq=False)
class Facts:
    """Frames of the schemas above, sorted by security and date; missing is null.

    `known_at` is when the public could know a row. `shorts`: the part of the issued shares, and how many shares, that
    are sold short. `announcements`: `tone` by our lexicon, `learnt_tone` by a model of words, both in [-1, 1].
    `sectors`: each until the security's next one.
    """

    fundamentals: pl.DataFrame
    shorts: pl.DataFrame
    announcements: pl.DataFrame
    sectors: pl.DataFrame

    @classmethod
    def none(cls) -> "Facts":
        """Nothing is known."""
        return cls(*(pl.DataFrame(schema=schema) for schema in (FUNDAMENTALS, SHORTS, ANNOUNCEMENTS, SECTORS)))


NO_FACTS = Facts.none()


def session_known(known_at: pl.Expr) -> pl.Expr:
    """The first Sydney date at whose close the fact was known; what comes after the close is of the next date.

    A date, not always a session: every session on or after it may use the fact, none before it.
    """
    local = known_at.dt.convert_time_zone(SYDNEY.key)
    day, settled = local.dt.date(), pl.when(_closes_early(local)).then(SETTLED_EARLY).otherwise(SETTLED)
    return pl.when(local.dt.time() <= settled).then(day).otherwise(day.dt.offset_by("1d"))


def as_known(rows: pl.DataFrame, facts: pl.DataFrame, max_age: timedelta) -> pl.DataFrame:
    """What was known of each row's security at the close of its session; one row per row of `rows`, in their order.

    Args: rows: `security_id, session_date`. facts: `security_id, known_at` and columns of its own, which are answered
        with `known_on`, the date they were known; all null where nothing was known or it was older than `max_age`.
    """
    dated = facts.sort("known_at", maintain_order=True).with_columns(known_on=session_known(pl.col("known_at")))
    return latest_on(rows, dated.drop("known_at"), "known_on", max_age)


def sectors_on(rows: pl.DataFrame, sectors: pl.DataFrame) -> pl.Series:
    """The sector of each row's security on its session; null where none is known; shape (n_rows,)."""
    return latest_on(rows, sectors.sort("valid_from"), "valid_from")["sector"]


def latest_on(rows: pl.DataFrame, dated: pl.DataFrame, on: str, max_age: timedelta | None = None) -> pl.DataFrame:
    """The security's last row of `dated`, which is in order of its date `on`, up to each row's session."""
    last_of_date = dated.unique(["security_id", on], keep="last", maintain_order=True)
    asked = rows.select("security_id", "session_date").with_row_index("row").sort("session_date")
    joined = asked.join_asof(
        last_of_date,
        left_on="session_date",
        right_on=on,
        by="security_id",
        tolerance=max_age,
        coalesce=False,
        check_sortedness=False,
    )
    return joined.sort("row").drop("row", "security_id", "session_date")


def _closes_early(local: pl.Expr) -> pl.Expr:
    """Whether the date is the last weekday before Christmas Day or before New Year's Day."""
    day, weekday, friday = local.dt.day(), local.dt.weekday(), 5
    is_eve = day.is_in([24, 31]) & (weekday <= friday)
    is_friday_before = day.is_in([22, 23, 29, 30]) & (weekday == friday)
    return (local.dt.month() == 12) & (is_eve | is_friday_before)
