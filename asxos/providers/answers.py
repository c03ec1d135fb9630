"""One symbol's bars and events from a vendor's answer: what is missing or doubled is refused, the rest kept."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from asxos.providers.prices import Refused

PRICES = ("open", "high", "low", "close")
EVENTS_SCHEMA = {"ex_date": pl.Date, "stock_splits": pl.Float64, "dividends": pl.Float64}


def sound_bars(bars: pl.DataFrame, named: str) -> tuple[pl.DataFrame, list[Refused]]:
    """`bars` sorted by date, without bars that lack a price or volume and dates that have two different bars.

    One Refused for each kind of fault; `named` is what it names. A bar repeated exactly is kept once.
    """
    is_whole = pl.all_horizontal(pl.col(*PRICES, "volume").is_not_null())
    gaps = bars.filter(~is_whole)["session_date"]
    whole = bars.filter(is_whole).unique(maintain_order=True)
    doubled = whole.filter(pl.col("session_date").is_duplicated())["session_date"].unique()
    good = whole.filter(~pl.col("session_date").is_in(doubled.implode())).sort("session_date")
    refused = [*_said(named, "without a price or volume", gaps), *_said(named, "with two different bars", doubled)]
    if good.is_empty():
        refused.append(Refused(named, None, "no bars"))
    return good, refused


def with_events(bars: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """`bars` with `stock_splits` and `dividends` of `events` (EVENTS_SCHEMA), on the ex-date or the next bar."""
    placed = events.sort("ex_date").join_asof(
        bars.select("session_date", on="session_date"), left_on="ex_date", right_on="session_date", strategy="forward"
    )
    by_day = placed.drop_nulls("on").group_by(session_date="on")
    totals = by_day.agg(pl.col("stock_splits").drop_nulls().product(), pl.col("dividends").sum())
    return bars.join(totals, on="session_date", how="left").sort("session_date")


def since(frame: pl.DataFrame, column: str, first: date | None) -> pl.DataFrame:
    """The rows from `first` on."""
    return frame if first is None else frame.filter(pl.col(column) >= first)


def _said(named: str, fault: str, days: pl.Series) -> Iterator[Refused]:
    if not days.is_empty():
        yield Refused(named, None, f"{days.len()} sessions {fault}, the first {days.min()}")
