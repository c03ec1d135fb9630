import math

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from asxos.domain.validation.record import honesty, order, plain
from asxos.domain.validation.sessions import Pace, by_session
from tests.domain.validation.records import made

PACE = Pace(horizon=21, step=5)


def test_a_month_is_five_weekly_dates_and_its_label_overlaps_with_five_neighbours() -> None:
    assert (PACE.rebalance, PACE.lags, PACE.dates(60)) == (5, 5, 12)
    assert (Pace(21, 21).rebalance, Pace(21, 1).lags) == (1, 22)


def test_each_session_is_measured_by_itself() -> None:
    evidence = made()
    shown = by_session(evidence, PACE)
    for n, (_, rows) in enumerate(evidence.group_by("session_date", maintain_order=True)):
        assert shown["ic"][n] == pytest.approx(spearmanr(rows["score"], rows["excess"])[0], abs=1e-6)
    assert shown["session_date"].to_list() == evidence["session_date"].unique().sort().to_list()


def test_a_session_whose_scores_are_all_equal_has_no_rank_ic_but_stays_in_its_place() -> None:
    evidence = made(dates=3)
    first = evidence["session_date"].min()
    flat = evidence.with_columns(score=pl.when(pl.col("session_date") == first).then(0.0).otherwise("score"))
    shown = by_session(flat, PACE)
    assert math.isnan(shown["ic"][0])
    assert shown["ic"].is_nan().sum() == 1
    assert order(flat, PACE)["dates"] == 2


def test_scores_that_foretell_earn_and_those_turned_round_lose() -> None:
    # given 120 dates of 200 shares: the standard error of the mean rank IC is 0.0065
    evidence = made(shares=200, skill=0.3)
    right, wrong = (order(e, PACE) for e in (evidence, evidence.with_columns(-pl.col("score"))))
    # Pearson 0.3 is a rank correlation of 6 / pi asin(0.15)
    assert right["rank_ic"] == pytest.approx(6 / np.pi * np.arcsin(0.15), abs=0.02)
    assert wrong["rank_ic"] == pytest.approx(-right["rank_ic"])
    assert right["auc"] == pytest.approx(1 - wrong["auc"])
    assert right["monotonicity"] > 0.95
    # scores new on each date turn over nine tenths of a tenth: entries and exits on both sides cost half of 1 % each
    assert right["turnover_best"] == pytest.approx(0.9, abs=0.03)
    assert right["decile_spread"] - right["net_spread"] == pytest.approx(2 * 0.9 * 0.01, abs=0.001)
    assert right["periods"] == 24
    assert right["sharpe"] > 1


def test_without_costs_the_net_is_not_known() -> None:
    found = order(made().with_columns(cost=pl.lit(None, pl.Float32)), PACE)
    assert (found["net_spread"], found["sharpe"], found["periods"]) == (None, None, 0)
    assert found["decile_spread"] > 0


def test_honesty_is_of_the_rows_that_were_told_something() -> None:
    found = honesty(made())
    assert found["coverage"] == pytest.approx(0.9, abs=0.01)
    assert found["width"] == pytest.approx(2 * 1.645 * 0.1 * np.sqrt(1 - 0.09), rel=1e-3)
    assert found["ece"] < 0.03
    assert found["brier"] < 0.25
    assert set(honesty(made(dates=20)).values()) == {None}


def test_missing_becomes_null_however_deep() -> None:
    assert plain({"a": [math.nan, {"b": math.nan}], "c": "nan"}) == {"a": [None, {"b": None}], "c": "nan"}
