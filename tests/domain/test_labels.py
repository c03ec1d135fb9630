from datetime import date, timedelta

import numpy as np
import polars as pl

from asxos.domain.labels import forward_excess_return, forward_return, is_positive, session_index


def panel(bars: dict[int, list[tuple[int, float, float]]]) -> pl.DataFrame:
    """Bars by security: (day, open, close)."""
    rows = [(share, date(2024, 1, 1) + timedelta(days=day), o, c) for share, own in bars.items() for day, o, c in own]
    frame = pl.DataFrame(rows, schema=["security_id", "session_date", "open", "close"], orient="row")
    return frame.with_columns(pl.col("security_id").cast(pl.Int32))


def steady(days: range, price: float = 10.0, step: float = 1.0) -> list[tuple[int, float, float]]:
    """Open rises by `step` a day; the close is 0.5 above the open."""
    return [(day, price + step * day, price + step * day + 0.5) for day in days]


def test_a_label_runs_from_the_next_open_to_the_open_a_horizon_later() -> None:
    # given opens of 10, 11, 12, 13, 14 and a horizon of 2
    returns = forward_return(panel({1: steady(range(5))}), horizon=2)
    # then the first session's label is bought at 11 and sold at 13
    np.testing.assert_allclose(returns[:2], [13 / 11 - 1, 14 / 12 - 1])
    # and a window that the data does not reach has none
    assert np.isnan(returns[2:]).all()


def test_a_share_delisted_inside_the_window_is_sold_at_its_last_close() -> None:
    returns = forward_return(panel({1: steady(range(8)), 2: steady(range(3))}), horizon=4)
    # bought at 11 on day 1, its last close is 12.5 on day 2; on its last day it can no longer be bought
    np.testing.assert_allclose(returns[8:], [12.5 / 11 - 1, 12.5 / 12 - 1, np.nan])


def test_a_halted_share_is_bought_when_it_trades_again_and_never_sold_after_the_window() -> None:
    halted = [bar for bar in steady(range(12)) if bar[0] not in (1, 6)]
    returns = forward_return(panel({1: steady(range(12)), 2: halted}), horizon=4)
    # from day 0: day 1 is missing, so bought at day 2's open of 12 and sold at day 5's open of 15
    assert returns[12] == 15 / 12 - 1
    # from day 2 (row 13): sold on day 7 at 17; from day 1's twin in share 1 the closing session 6 exists
    assert returns[13] == 17 / 13 - 1
    # a share silent for the whole window has no label
    silent = [(0, 10.0, 10.0), (9, 10.0, 10.0)]
    assert np.isnan(forward_return(panel({1: steady(range(12)), 2: silent}), horizon=4)[12])


def test_a_price_that_is_not_positive_gives_no_label() -> None:
    bars = steady(range(6))
    bars[1] = (1, 0.0, 11.5)
    returns = forward_return(panel({1: bars}), horizon=2)
    assert np.isnan(returns[0])
    assert np.isfinite(returns[1])


def test_the_excess_is_over_the_median_of_the_universe_of_the_date() -> None:
    frame = panel({1: steady(range(4), step=0.0), 2: steady(range(4), step=1.0), 3: steady(range(4), step=5.0)})
    universe = np.array([True] * 8 + [False] * 4)
    returns, excess = forward_return(frame, 1), forward_excess_return(frame, universe, 1)
    # the third share is outside: it is measured against the median of the other two, and does not move it
    median = (returns[0] + returns[4]) / 2
    np.testing.assert_allclose(excess[[0, 4, 8]], returns[[0, 4, 8]] - median)
    assert np.isnan(forward_excess_return(frame, np.zeros(12, np.bool_), 1)).all()


def test_later_bars_leave_a_finished_label_as_it_is() -> None:
    early, late = panel({1: steady(range(8))}), panel({1: [*steady(range(8)), (8, 999.0, 999.0)]})
    np.testing.assert_array_equal(forward_return(early, 3)[:4], forward_return(late, 3)[:4])


def test_sessions_are_the_dates_that_occur_and_an_empty_panel_has_none() -> None:
    assert session_index(panel({1: steady(range(0, 6, 2)), 2: steady(range(2, 4))})).tolist() == [0, 1, 3, 1, 2]
    assert len(session_index(panel({1: steady(range(3))}).clear())) == 0


def test_only_a_gain_over_the_median_is_positive_and_a_missing_one_stays_missing() -> None:
    np.testing.assert_array_equal(is_positive(np.array([0.1, 0.0, -0.1, np.nan])), [1, 0, 0, np.nan])
