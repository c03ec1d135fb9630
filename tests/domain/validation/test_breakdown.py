import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from asxos.domain.signals import Thresholds, label_of
from asxos.domain.validation.breakdown import breakdown, calibration_curve, hit_rate, with_labels
from asxos.domain.validation.record import honesty, order
from asxos.domain.validation.sessions import Pace
from tests.domain.validation.records import made

PACE = Pace(horizon=21, step=5)
THRESHOLDS = Thresholds()


def test_every_row_is_in_one_year_one_third_one_label_and_one_sector_if_known() -> None:
    evidence = made()
    parts = breakdown(evidence, PACE, THRESHOLDS)
    rows = {kind: sum(part["rows"] for part in of_kind) for kind, of_kind in parts.items()}
    told, placed = evidence["ml_prob"].count(), evidence["sector"].count()
    assert rows == {"year": evidence.height, "liquidity": evidence.height, "label": told, "sector": placed}
    assert [part["part"] for part in parts["year"]] == ["2019", "2020", "2021"]
    assert [part["part"] for part in parts["liquidity"]] == ["least liquid", "middle", "most liquid"]
    assert [part["part"] for part in parts["sector"]] == ["Energy", "Materials"]


def test_a_part_has_the_measures_of_its_own_rows() -> None:
    evidence = made()
    parts = breakdown(evidence, PACE, THRESHOLDS)
    middle = evidence.filter(pl.col("liquidity") == 1)
    found = parts["liquidity"][1]
    assert {name: found[name] for name in ("rank_ic", "net_spread", "coverage", "brier")} == pytest.approx(
        {name: (order(middle, PACE) | honesty(middle))[name] for name in ("rank_ic", "net_spread", "coverage", "brier")}
    )


def test_a_year_is_no_portfolio_bought_anew() -> None:
    # given one share that is always best and one that is always worst
    evidence = made().with_columns(score=pl.col("security_id").cast(pl.Float32))
    years = breakdown(evidence, PACE, THRESHOLDS)["year"]
    # then only the first year pays for buying: half of 1 % on either side at each of its first five dates
    apart = [year["decile_spread"] - year["net_spread"] for year in years]
    assert apart == pytest.approx([0.01 * 5 / 52, 0, 0], abs=1e-6)


def test_labels_are_those_of_the_signals() -> None:
    evidence = made()
    labels = with_labels(evidence, THRESHOLDS)["label"].to_list()
    for said, label in zip(evidence["ml_prob"].to_list(), labels, strict=True):
        assert label == (None if said is None else label_of(said, THRESHOLDS))


def test_a_buy_is_right_when_the_excess_is_positive_and_a_sell_when_negative() -> None:
    parts = {part["part"]: part for part in breakdown(made(), PACE, THRESHOLDS)["label"]}
    assert list(parts) == ["STRONG_BUY", "BUY", "HOLD", "SELL", "STRONG_SELL"]
    for label in ("STRONG_BUY", "STRONG_SELL"):
        assert parts[label]["hit_low"] < parts[label]["hit_rate"] < parts[label]["hit_high"]
        assert parts[label]["hit_rate"] > 0.6
    assert parts["STRONG_BUY"]["mean_excess"] > 0.02 > 0 > parts["STRONG_SELL"]["mean_excess"]
    assert (parts["HOLD"]["hit_rate"], parts["HOLD"]["hit_low"]) == (None, None)


def test_independent_throws_have_wilsons_interval() -> None:
    # given two hits and two misses on each of 50 dates: less spread than coins have
    rate, low, high = hit_rate(np.full(50, 2.0), np.full(50, 4.0), lags=5)
    wilson = binomtest(100, 200).proportion_ci(method="wilson")
    assert (rate, low, high) == pytest.approx((0.5, wilson.low, wilson.high))


def test_dates_that_move_together_tell_less() -> None:
    # given dates on which all four rows hit, or none
    _, low, high = hit_rate(np.tile([4.0, 0.0], 25), np.full(50, 4.0), lags=0)
    wilson = binomtest(25, 50).proportion_ci(method="wilson")
    # then 200 rows are worth the 50 dates
    assert (low, high) == pytest.approx((wilson.low, wilson.high))
    wider = hit_rate(np.repeat([4.0, 0.0], 25), np.full(50, 4.0), lags=5)
    assert wider[1] < low


def test_one_date_or_hits_alone_have_an_interval_that_does_not_claim_certainty() -> None:
    for hits, rows in ((np.array([3.0]), np.array([3.0])), (np.full(4, 2.0), np.full(4, 2.0))):
        rate, low, high = hit_rate(hits, rows, lags=5)
        assert rate == 1
        assert low < 0.7
        assert high == pytest.approx(1)


def test_the_curve_has_bins_of_equal_mass_from_low_to_high() -> None:
    curve = calibration_curve(made(), bins=10)
    assert [point["rows"] for point in curve] == [600] * 10
    assert [point["said"] for point in curve] == sorted(point["said"] for point in curve)
    for point in curve:
        # four standard errors of 600 throws
        assert point["seen"] == pytest.approx(point["said"], abs=0.08)
    assert calibration_curve(made(dates=20)) == []
