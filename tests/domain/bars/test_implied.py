from pathlib import Path

import numpy as np
import polars as pl
import pytest

from asxos.domain.bars.adjustment import cumulative_factors, effective_factors
from asxos.domain.bars.implied import MOST_STEPS, count_disagreements, implied_actions
from tests.domain.bars.factories import series, weekdays


def priced(closes: list[float], adjusted: list[float | None]) -> pl.DataFrame:
    return series({1: closes}).with_columns(adj_close=pl.Series(adjusted, dtype=pl.Float64))


def found(closes: list[float], adjusted: list[float | None]) -> list[tuple[object, ...]]:
    rows = implied_actions(priced(closes, adjusted)).select("ex_date", "kind", pl.col("factor").round(4))
    return rows.rows()


def test_a_step_of_the_ratio_is_a_split_on_the_day_after_it() -> None:
    assert found([100, 102, 10.3, 10.4], [10, 10.2, 10.3, 10.4]) == [(weekdays(3)[2], "split", 0.1)]


def test_a_consolidation_and_a_small_capital_return_are_told_apart() -> None:
    assert found([0.05, 0.05, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5]) == [(weekdays(3)[2], "consolidation", 10.0)]
    assert found([10, 10, 9.5, 9.5], [9.5, 9.5, 9.5, 9.5]) == [(weekdays(3)[2], "adjustment", 0.95)]


def test_what_rounding_explains_is_no_action() -> None:
    # the true ratio is 0.955 throughout: 0.013 becomes 0.012415, shown as 0.012
    assert found([0.013, 0.014, 0.012, 0.013], [0.012, 0.013, 0.011, 0.012]) == []


def test_a_step_that_the_next_session_takes_back_is_a_faulty_bar() -> None:
    assert found([10, 10, 100, 10, 10], [10, 10, 10, 10, 10]) == []


def test_bars_without_an_adjusted_close_imply_nothing() -> None:
    assert found([10, 10, 1], [None, None, None]) == []
    assert found([10, 10, 1], [1, None, 1]) == []
    assert found([], []) == []


def test_an_adjusted_close_that_was_rounded_before_it_was_multiplied_implies_no_actions() -> None:
    # given tenths of a cent, scaled by 0.96, rounded, then consolidated 60:1
    generator = np.random.default_rng(1)
    closes = np.round(0.1 + 0.001 * generator.integers(-20, 20, 300), 3)
    adjusted = np.round(closes * 0.96, 3) * 60
    # then the many apparent steps are not taken for actions
    assert len(found(closes.tolist(), adjusted.tolist())) == 0 <= MOST_STEPS


def test_many_steps_still_show_the_one_real_split() -> None:
    generator = np.random.default_rng(1)
    closes = np.round(0.1 + 0.001 * generator.integers(-20, 20, 300), 3)
    adjusted = np.round(closes * 0.96, 3) * 60
    closes[150:] *= 10
    [(day, kind, factor)] = found(closes.tolist(), adjusted.tolist())
    assert (day, kind, factor) == (weekdays(151)[150], "consolidation", pytest.approx(10, rel=0.01))


def test_disagreements_beyond_ten_basis_points_are_counted() -> None:
    frame = priced([10.0] * 30, [5.0] * 30).with_columns(adjusted="close")
    assert count_disagreements(frame) == (30, 0)
    off = frame.with_columns(adj_close=pl.Series([5.02] + [5.0] * 29))
    assert count_disagreements(off) == (30, 1)
    assert count_disagreements(frame.with_columns(adj_close=pl.lit(None, pl.Float64))) == (0, 0)


def test_real_prices_are_reconstructed_from_what_they_imply(shared_data: Path) -> None:
    # given the sample of 220 shares with the vendor's adjusted closes
    sample = pl.read_parquet(shared_data / "asx_prices_sample.parquet").rename({"date": "session_date"})
    prices = [pl.col(name).cast(pl.String).cast(pl.Float64) for name in ("close", "adj_close")]
    frame = sample.with_columns(*prices, security_id=pl.col("symbol").rank("dense").cast(pl.Int32))
    frame = frame.drop_nulls("adj_close").sort("security_id", "session_date")
    # when our own are made of the raw ones and the implied actions
    factors = effective_factors(implied_actions(frame))
    ours = frame.with_columns(adjusted=pl.col("close") * pl.Series(cumulative_factors(frame, factors)))
    # then fewer than one bar in a thousand is over 10 basis points away
    compared, disagreeing = count_disagreements(ours)
    assert compared == frame.height
    assert disagreeing < compared / 1_000
