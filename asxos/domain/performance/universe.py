"""A benchmark made of the stored market: its eligible shares in equal parts, put straight each month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

UNKNOWN = "Unknown"
METHOD = (
    "equal parts of every share that was eligible at the close before each month (its price, its value traded, no doubt"
    " about its bars), held through the month with dividends; members of an index and their weights are not stored"
)


@dataclass(frozen=True)
class Sectors:
    """A benchmark by sector: arrays of shape (n_days - 1, n_groups), fractions; weights of a day's start sum to 1."""

    groups: tuple[str, ...]
    weights: FloatArray
    returns: FloatArray
    members: int


def month_starts(days: Sequence[date]) -> list[int]:
    """Places of the sessions at whose close members are chosen: the first, and the last of each month but the last."""
    return [0, *(i for i in range(1, len(days) - 1) if days[i].month != days[i + 1].month)]


def by_sector(
    days: Sequence[date], eligible: pl.DataFrame, returns: pl.DataFrame, sectors: pl.DataFrame, groups: Sequence[str]
) -> Sectors:
    """The benchmark over the days after the first.

    Args: eligible: `session_date, security_id` of who could be held. returns: `security_id, session_date,
    total_return`. sectors: the schema SECTORS. groups: those that must be among the result's.
    """
    starts = month_starts(days)
    chosen = eligible.filter(pl.col("session_date").is_in([days[i] for i in starts])).sort("session_date")
    chosen = sector_on(chosen, sectors)
    names = tuple(sorted({*groups, *chosen["sector"].to_list()}))
    place = {name: n for n, name in enumerate(names)}
    shape = (len(days) - 1, len(names))
    weights, earned = np.zeros(shape), np.zeros(shape)
    for begin, end in zip(starts, [*starts[1:], len(days) - 1], strict=True):
        members = chosen.filter(pl.col("session_date") == days[begin])
        columns = np.array([place[sector] for sector in members["sector"]], np.int64)
        moves = _matrix(returns, members["security_id"].to_list(), days[begin + 1 : end + 1])
        worth = np.vstack([np.ones(len(columns)), np.cumprod(1 + moves, axis=0)])
        held = worth @ np.eye(len(names))[columns]
        rows = slice(begin, end)
        whole = held[:-1].sum(axis=1, keepdims=True)
        weights[rows] = held[:-1] / np.where(whole > 0, whole, 1)
        earned[rows] = held[1:] / np.where(held[:-1] > 0, held[:-1], 1) - (held[:-1] > 0)
    total = (weights * earned).sum(axis=1, keepdims=True)
    # A group it does not hold is as good as the whole: choosing it is selection alone.
    return Sectors(names, weights, np.where(weights > 0, earned, total), chosen["security_id"].n_unique())


def sector_on(shares: pl.DataFrame, sectors: pl.DataFrame) -> pl.DataFrame:
    """`shares` (`session_date, security_id`, sorted) with the `sector` of that day."""
    dated = sectors.rename({"valid_from": "session_date"}).sort("session_date")
    found = shares.join_asof(dated, on="session_date", by="security_id", check_sortedness=False)
    return found.with_columns(pl.col("sector").fill_null(UNKNOWN))


def _matrix(returns: pl.DataFrame, members: Sequence[int], days: Sequence[date]) -> FloatArray:
    """Returns by day and member; 0 where there is no bar: it did not trade."""
    rows = pl.DataFrame({"session_date": days, "row": range(len(days))}, schema_overrides={"session_date": pl.Date})
    columns = pl.DataFrame(
        {"security_id": members, "column": range(len(members))}, schema_overrides={"security_id": pl.Int32}
    )
    found = returns.join(rows, on="session_date").join(columns, on="security_id")
    matrix = np.zeros((len(days), len(members)))
    matrix[found["row"].to_numpy(), found["column"].to_numpy()] = found["total_return"].to_numpy()
    return matrix
