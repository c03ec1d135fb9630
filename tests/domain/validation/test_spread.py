"""What the tenths earned and cost, by hand."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from asxos.domain.validation.spread import monotonicity, spread, tenth_means, tenths

FIRST = date(2020, 1, 6)


def rows(
    scores: Sequence[Sequence[float]], returns: Sequence[Sequence[float]], cost: float | None = 0.02
) -> pl.DataFrame:
    """Evidence of one list a session; share `k` of a session is security `k`."""
    counts = [len(part) for part in scores]
    return pl.DataFrame(
        {
            "session_date": [FIRST + timedelta(days=7 * n) for n, count in enumerate(counts) for _ in range(count)],
            "security_id": [k for count in counts for k in range(count)],
            "score": [float(value) for part in scores for value in part],
            "excess": [float(value) for part in returns for value in part],
        }
    ).with_columns(cost=pl.lit(cost, pl.Float64))


def test_tenths_are_cut_on_each_session() -> None:
    # given two sessions whose tenths earn 0..9 and 100..109; the second has two shares in each
    ten, twenty = list(range(10)), [k // 2 for k in range(20)]
    cut = tenths(rows([ten, twenty], [ten, [100 + k for k in twenty]]))
    # then each is measured alike (the outermost returns are pulled in by a tenth of a step at most)
    np.testing.assert_allclose(tenth_means(cut), [range(10), range(100, 110)], atol=0.1)


def test_a_misprint_does_not_make_a_tenth() -> None:
    returns = [0.01] * 999 + [118.0]
    assert tenth_means(tenths(rows([list(range(1000))], [returns])))[0, 9] == pytest.approx(0.01, abs=1e-6)


def test_fewer_shares_than_tenths_leave_tenths_unknown() -> None:
    assert np.isnan(tenth_means(tenths(rows([[1, 2, 3]], [[1, 2, 3]])))).sum() == 7


def test_rows_without_a_score_or_an_outcome_are_left_out() -> None:
    cut = tenths(rows([[1, float("nan"), 3, 4]], [[1, 2, float("nan"), 4]]))
    assert cut["score"].to_list() == [1, 4]


def test_only_what_is_traded_costs() -> None:
    # given ten shares of two sessions: the best stays the best, the worst gives way to another
    before, after = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9.0], [1, 0, 2, 3, 4, 5, 6, 7, 8, 9.0]
    legs = spread(tenths(rows([before, after], [[0.0] * 10, [0.0] * 10], cost=0.02)), every=1)
    # then both legs pay half a round trip to begin with, and one sale and one purchase a session later
    np.testing.assert_allclose(legs.net - legs.gross, [-0.02, -0.02])
    np.testing.assert_array_equal(legs.turnover_best, [np.nan, 0.0])
    np.testing.assert_array_equal(legs.turnover_worst, [np.nan, 1.0])


def test_a_rebalance_looks_back_as_many_sessions_as_a_label_lasts() -> None:
    best_first, best_last = [9.0, *range(9)], [*range(9), 9.0]
    cut = tenths(rows([best_first, best_last, best_first, best_last], [[0.0] * 10] * 4))
    # every second session is a rebalance, and there nothing changes
    assert spread(cut, every=2).turnover_best.tolist()[2:] == [0.0, 0.0]
    assert spread(cut, every=1).turnover_best.tolist()[1:] == [1.0, 1.0, 1.0]


def test_a_cost_that_is_not_known_leaves_the_net_unknown() -> None:
    legs = spread(tenths(rows([list(range(10))], [[0.0] * 10], cost=None)), every=1)
    assert np.isnan(legs.net).all()
    assert legs.gross.tolist() == [0.0]


def test_tenths_that_rise_all_the_way_are_monotone() -> None:
    assert monotonicity(np.arange(10.0)) == pytest.approx(1)
    assert monotonicity(-np.arange(10.0)) == pytest.approx(-1)
    # Spearman of 1..5 with 2 1 4 3 5: 1 - 6 x 4 / (5 x 24)
    assert monotonicity(np.array([2.0, 1, 4, 3, 5])) == pytest.approx(0.8)
    assert np.isnan(monotonicity(np.array([1.0, np.nan])))
