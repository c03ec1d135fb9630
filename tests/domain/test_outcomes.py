from datetime import date, timedelta

import polars as pl
import pytest

from asxos.domain.outcomes import entered_on, measures, pace_of

DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(8)]


def test_a_signal_is_followed_at_the_next_open_once_its_horizon_is_over() -> None:
    # given eight sessions: from the open of the third, five more end with the eighth
    assert entered_on(DAYS, DAYS[1], 5) == DAYS[2]
    assert entered_on(DAYS, DAYS[2], 5) is None
    assert entered_on(DAYS, DAYS[-1], 1) is None


@pytest.mark.parametrize(("apart", "step"), [(1, 1), (7, 5), (30, 21)])
def test_overlap_is_told_from_how_far_rankings_are_apart(apart: int, step: int) -> None:
    pace = pace_of([DAYS[0] + timedelta(days=apart * n) for n in range(9)], 21)
    assert (pace.horizon, pace.step) == (21, step)
    assert pace_of(DAYS[:1], 21).step == 21


def test_dates_that_are_right_or_wrong_as_one_make_the_interval_wide() -> None:
    # given ten shares on each of eight dates: half right on every date, or all on half of the dates
    def rate(hits: list[int]) -> tuple[float, float]:
        counts = {"signals": 10, "calls": 10, "costed": 10, "realised": 0.1, "excess": 0.1, "net": 0.0}
        by_date = pl.DataFrame({"as_of": DAYS, "hits": hits}).with_columns(**{k: pl.lit(v) for k, v in counts.items()})
        found = measures(by_date, 1)
        assert (found["hit_rate"], found["sessions"], found["mean_return"]) == (0.5, 8, pytest.approx(0.01))
        low, high = found["hit_low"], found["hit_high"]
        assert low is not None
        assert high is not None
        return low, high

    # Wilson (1927) for 40 of 80 is 0.393 to 0.607
    assert rate([5] * 8) == (pytest.approx(0.393, abs=5e-4), pytest.approx(0.607, abs=5e-4))
    low, high = rate([10, 10, 0, 0] * 2)
    assert low < 0.30
    assert high > 0.70
