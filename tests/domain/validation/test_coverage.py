from datetime import timedelta

import polars as pl
import pytest

from asxos.domain.validation.coverage import rolling_coverage
from asxos.domain.validation.sessions import Pace
from tests.domain.validation.records import FIRST, made

PACE = Pace(horizon=21, step=5)


def test_right_intervals_hold_in_every_window() -> None:
    # given windows of 12 dates with 300 shares: a standard error of 0.005
    parts = rolling_coverage(made(shares=300), PACE)
    assert [part["part"] for part in parts] == ["all", "0", "1", "2"]
    assert parts[0]["windows"] == 100 - 12 + 1
    assert parts[0]["within"] == 1
    assert parts[0]["coverage"] == pytest.approx(0.9, abs=0.005)


def test_a_bad_quarter_is_not_hidden_by_good_years() -> None:
    # given twelve dates of which nothing was covered
    begin = FIRST + timedelta(days=7 * 50)
    is_bad = pl.col("session_date").is_between(begin, begin + timedelta(days=7 * 11))
    bad = made().with_columns(excess=pl.when(is_bad).then(9.0).otherwise("excess").cast(pl.Float32))
    whole = rolling_coverage(bad, PACE)[0]
    assert whole["lowest"] == 0
    assert whole["highest"] > 0.88
    assert whole["coverage"] == pytest.approx(0.9 * 88 / 100, abs=0.01)


def test_too_short_a_record_has_no_window_and_none_has_no_part() -> None:
    short = rolling_coverage(made(dates=25), PACE)[0]
    assert (short["windows"], short["lowest"], short["highest"], short["within"]) == (0, None, None, None)
    assert rolling_coverage(made(dates=20), PACE) == []
