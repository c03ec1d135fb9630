"""Golden numbers: evaluation rules of the project (worked numbers), scipy and scikit-learn on the same arrays."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as their_log_loss

from asxos.domain.validation.probability import auc, brier, expected_calibration_error, log_loss
from asxos.domain.validation.rank_ic import hac_t, icir, rank_ic

RNG = np.random.default_rng(11)


def _spearman(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    found: Any = spearmanr(a, b)
    return float(found.statistic)


def test_rank_ic_is_spearmans_on_each_date() -> None:
    sessions = np.repeat([3, 5], 40)
    scores, returns = RNG.normal(size=80), RNG.normal(size=80)
    scores[:10] = 1.0
    expected = [_spearman(scores[part], returns[part]) for part in (slice(0, 40), slice(40, 80))]
    np.testing.assert_allclose(rank_ic(scores, returns, sessions), expected)


def test_missing_rows_tiny_dates_and_constant_scores_are_left_out() -> None:
    sessions = np.array([1, 1, 1, 1, 2, 2, 3, 3, 3])
    scores = np.array([1, 2, 3, np.nan, 1, 2, 7, 7, 7.0])
    returns = np.array([1, 2, 3, -9, 1, 2, 1, 2, 3.0])
    assert rank_ic(scores, returns, sessions).tolist() == [1.0]


def test_a_mean_ic_of_0_03_with_deviation_0_12_over_252_dates_has_t_3_97() -> None:
    # given 252 values of exactly that mean and deviation, without correlation in time
    values = np.where(np.arange(252) % 2, 0.03 + 0.12, 0.03 - 0.12)
    # then the plain t is the worked number
    assert hac_t(values, 0) == pytest.approx(3.97, abs=0.005)
    assert icir(values) == pytest.approx(0.25, abs=0.001)


def test_overlap_lowers_t_as_newey_and_west_have_it() -> None:
    # given values 1, 2, 3, 4: mean 2.5; autocovariances by hand 1.25, 0.3125 at lag 1; Bartlett weight one half
    assert hac_t(np.array([1.0, 2, 3, 4]), 1) == pytest.approx(2.5 / math.sqrt((1.25 + 2 * 0.5 * 0.3125) / 4))


def test_one_date_or_no_spread_has_neither_icir_nor_t() -> None:
    for values in (np.array([0.1]), np.array([0.1, 0.1])):
        assert math.isnan(icir(values))
        assert math.isnan(hac_t(values, 3))


def test_probability_measures_agree_with_scikit_learn() -> None:
    said = np.round(RNG.uniform(0.2, 0.8, 500), 2)
    seen = (RNG.uniform(size=500) < said).astype(float)
    assert auc(said, seen) == pytest.approx(roc_auc_score(seen, said))
    assert brier(said, seen) == pytest.approx(brier_score_loss(seen, said))
    assert log_loss(said, seen) == pytest.approx(their_log_loss(seen, said))


def test_saying_one_half_scores_a_brier_of_a_quarter_and_log_2() -> None:
    said, seen = np.full(10, 0.5), np.array([0.0, 1.0] * 5)
    assert brier(said, seen) == 0.25
    assert log_loss(said, seen) == pytest.approx(0.6931, abs=1e-4)
    assert auc(said, seen) == 0.5


def test_auc_of_one_class_alone_is_not_a_number() -> None:
    assert math.isnan(auc(np.array([0.1, 0.2]), np.ones(2)))


def test_calibration_error_is_the_gap_in_bins_of_equal_mass() -> None:
    # given two bins of five: said 0.2 and 0.8, seen 0.4 and 0.6
    said = np.array([0.2] * 5 + [0.8] * 5)
    seen = np.array([1, 1, 0, 0, 0, 1, 1, 1, 0, 0.0])
    assert expected_calibration_error(said, seen, bins=2) == pytest.approx(0.2)
    assert expected_calibration_error(said[:3], seen[:3], bins=10) == pytest.approx((0.8 + 0.8 + 0.2) / 3)
