"""What a file says that is not stored yet: each row given to its share, dated, and compared with what stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl

from asxos.domain.bars.owners import owners_on
from asxos.domain.calendar import INSTANT, SYDNEY
from asxos.features.fundamentals.records import Book
from asxos.features.fundamentals.services.parsing import refused, words


@dataclass(frozen=True)
class News:
    """`rows` to store, of which the last `corrected` replace others; `refused`: `line, reason`."""

    rows: pl.DataFrame
    corrected: int
    unchanged: int
    refused: pl.DataFrame


def news_of(facts: pl.DataFrame, periods: pl.DataFrame, stored: pl.DataFrame, book: Book, now: datetime) -> News:
    """The rows of `facts` that the book lacks, and those that correct what it has.

    Args: facts: `line, symbol`, the book's key without `security_id`, `published` and the figures. periods: who had
        which code when. stored: the book's rows about the same days.
    What comes first is known from the end of the day it was published on; a correction from `now`, for nobody could
    have known it earlier.
    """
    placed = facts.with_columns(owners_on(facts, periods).alias("security_id"))
    known = placed.filter(pl.col("security_id").is_not_null())
    single = known.unique(book.key, keep="first", maintain_order=True)
    stands = stored.sort("known_at").unique(book.key, keep="last").drop("known_at").with_columns(stands=True)
    joined = single.join(stands, on=book.key, how="left", suffix=" stands")
    is_same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name} stands")) for name in book.figures)
    columns = [*book.key, *book.figures]
    is_new = pl.col("stands").is_null()
    new = joined.filter(is_new).select(*columns, known_at=end_of_day(pl.col("published")))
    corrected = joined.filter(~is_new & ~is_same).select(*columns, known_at=pl.lit(now, INSTANT))
    return News(
        rows=pl.concat([new, corrected]).sort(book.key),
        corrected=corrected.height,
        unchanged=joined.height - new.height - corrected.height,
        refused=pl.concat([_of_nobody(placed), _repeated(known, single)]),
    )


def end_of_day(day: pl.Expr) -> pl.Expr:
    """Midnight in Sydney after the date: when all that was published on it is known, whatever the hour."""
    midnight = day.dt.offset_by("1d").cast(pl.Datetime("us")).dt.replace_time_zone(SYDNEY.key)
    return midnight.dt.convert_time_zone("UTC")


def sessions_after(days: pl.Series, count: int, sessions: Sequence[date]) -> pl.Series:
    """The session `count` sessions after each date (which need not be one itself); shape (n_days,).

    `sessions`: in order, from before the first of `days` to `count` after the last.
    """
    ordered = pl.Series(sessions, dtype=pl.Date)
    places = np.searchsorted(ordered.to_physical().to_numpy(), days.to_physical().to_numpy(), side="right")
    return ordered.gather(places + (count - 1))


def _of_nobody(placed: pl.DataFrame) -> pl.DataFrame:
    nobody = placed.filter(pl.col("security_id").is_null())
    return refused(nobody, words("no share is known that had the code ", pl.col("symbol"), " then"))


def _repeated(known: pl.DataFrame, single: pl.DataFrame) -> pl.DataFrame:
    is_single = known.height == single.height
    others = known.head(0) if is_single else known.join(single, on=["line", "symbol", "as_of"], how="anti")
    return refused(others, words("a second row of ", pl.col("symbol"), " about ", pl.col("as_of")))
