from datetime import date, timedelta

import numpy as np
import polars as pl

from asxos.domain.quality import QualityRule
from asxos.domain.universe import UniverseRule, median_turnover, universe_mask

RULE = UniverseRule(
    min_close=0.20, min_turnover=100.0, window=3, quality=QualityRule(window=1, max_still=99, max_move=9)
)


def panel(closes: list[float], turnovers: list[float | None], ids: list[int]) -> pl.DataFrame:
    days = [date(2024, 1, 1) + timedelta(days=ids[:row].count(id)) for row, id in enumerate(ids)]
    return pl.DataFrame(
        {"security_id": ids, "session_date": days, "close": closes, "raw_close": closes, "turnover": turnovers}
    )


def test_a_share_joins_once_its_median_turnover_over_the_window_is_enough() -> None:
    frame = panel([1.0] * 5, [0.0, 100.0, 500.0, 100.0, 0.0], [1] * 5)
    assert universe_mask(frame, RULE).tolist() == [False, False, True, True, True]


def test_the_price_as_traded_must_reach_the_minimum_that_day() -> None:
    frame = panel([0.2, 0.2, 0.2, 0.19, 0.2], [500.0] * 5, [1] * 5)
    assert universe_mask(frame, RULE).tolist() == [False, False, True, False, True]


def test_no_window_reaches_into_another_share() -> None:
    frame = panel([1.0] * 6, [500.0] * 6, [1, 1, 1, 1, 2, 2])
    assert universe_mask(frame, RULE).tolist() == [False, False, True, True, False, False]


def test_a_missing_turnover_or_price_is_out() -> None:
    frame = panel([1.0, 1.0, 1.0, np.nan], [500.0, None, 500.0, 500.0], [1] * 4)
    assert not universe_mask(frame, RULE).any()
    assert np.isnan(median_turnover(frame, 3)).all()


def test_fewer_rows_than_the_window_are_no_universe() -> None:
    assert universe_mask(panel([1.0], [500.0], [1]), RULE).tolist() == [False]


def test_the_future_does_not_change_who_was_in() -> None:
    rng = np.random.default_rng(3)
    turnover, close = rng.uniform(0, 200, 50), rng.uniform(0.1, 0.4, 50)
    full = universe_mask(panel(close.tolist(), turnover.tolist(), [1] * 50), RULE)
    cut = universe_mask(panel(close[:30].tolist(), turnover[:30].tolist(), [1] * 30), RULE)
    np.testing.assert_array_equal(full[:30], cut)
