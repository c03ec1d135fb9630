"""Intervals on a simulated market whose volatility comes and goes: what they promise, and how often they keep it."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl

from asxos.domain.validation.coverage import rolling_coverage
from asxos.domain.validation.record import honesty
from tests.leaks.markets import PACE, lean, simulated, told


@cache
def evidence() -> pl.DataFrame:
    return told(lean(), simulated(2, 0.05)).filter(pl.col("low").is_not_null())


def with_fixed_ends() -> pl.DataFrame:
    """The same rows with ends that hold exactly nine in ten of each third, known only afterwards, and never move."""
    ends = [pl.col("excess").quantile(tail, "linear").over("liquidity") for tail in (0.05, 0.95)]
    return evidence().with_columns(low=ends[0], high=ends[1])


def by_part(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {part["part"]: part for part in rolling_coverage(frame, PACE)}


def test_nine_in_ten_outcomes_are_inside_in_every_third() -> None:
    for part in by_part(evidence()).values():
        assert 0.88 <= part["coverage"] <= 0.92


def test_every_year_is_covered() -> None:
    for year, rows in evidence().group_by(pl.col("session_date").dt.year()):
        if rows["session_date"].n_unique() >= 40:
            assert 0.86 <= honesty(rows)["coverage"] <= 0.94, year


def test_they_keep_their_promise_in_more_windows_than_the_best_ends_that_never_move() -> None:
    moving, fixed = by_part(evidence()), by_part(with_fixed_ends())
    for part in ("all", "0", "1", "2"):
        assert moving[part]["within"] > fixed[part]["within"]
    # of 60 sessions with labels of 21 that overlap: see ADR 9 for why not in all of them
    assert moving["all"]["within"] > 0.45
    assert moving["all"]["lowest"] > 0.75


def test_and_they_are_sharper() -> None:
    assert honesty(evidence())["width"] < 0.97 * honesty(with_fixed_ends())["width"]


def test_the_wild_and_the_calm_are_covered_alike() -> None:
    rows = evidence().with_columns(width=pl.col("high") - pl.col("low"))
    for rank in (rows["width"].rank() / rows.height < 0.25, rows["width"].rank() / rows.height > 0.75):
        assert honesty(rows.filter(rank))["coverage"] > 0.86
    # where ends that never move miss every fifth outcome of the wildest quarter
    fixed = with_fixed_ends().filter((rows["width"].rank() / rows.height) > 0.75)
    assert honesty(fixed)["coverage"] < 0.84
    assert np.isfinite(rows["width"].to_numpy()).all()
