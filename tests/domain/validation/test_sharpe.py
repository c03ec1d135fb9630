"""Golden numbers: the project's evaluation rules (PSR 0.986 and its trials) and Bailey and Lopez de Prado (2014)."""

import numpy as np
import pytest

from asxos.domain.validation.sharpe import Sharpe, deflated_sharpe, expected_greatest, probabilistic_sharpe, sharpe_of

DAYS = 252
# Annual ratio 1.0 over 1,250 days, skew -0.5, kurtosis 6; the trials' annual ratios have a deviation of 0.5.
WORKED = Sharpe(1.0 / DAYS**0.5, 1250, -0.5, 6.0)
TRIAL_VARIANCE = 0.5**2 / DAYS


def test_the_probabilistic_ratio_of_the_worked_example_is_0_986() -> None:
    assert probabilistic_sharpe(WORKED) == pytest.approx(0.986, abs=5e-4)


@pytest.mark.parametrize(("trials", "expected"), [(10, 0.679), (50, 0.381), (100, 0.281)])
def test_the_more_was_tried_the_less_is_left(trials: int, expected: float) -> None:
    assert deflated_sharpe(WORKED, trials, TRIAL_VARIANCE) == pytest.approx(expected, abs=5e-4)


def test_the_published_example_is_reproduced() -> None:
    # Bailey and Lopez de Prado (2014), section 5: annual 2.5 over 1,250 days of a 250-day year, 100 trials
    found = Sharpe(2.5 / 250**0.5, 1250, -3.0, 10.0)
    assert deflated_sharpe(found, 100, 0.5 / 250) == pytest.approx(0.9004, abs=5e-5)


def test_a_single_trial_deflates_nothing() -> None:
    assert expected_greatest(1, 0.3) == 0.0
    assert deflated_sharpe(WORKED, 1, 0.0) == probabilistic_sharpe(WORKED)


def test_the_greatest_of_many_worthless_strategies_is_as_simulated() -> None:
    greatest = np.random.default_rng(5).normal(0, 0.2, (4000, 50)).max(axis=1).mean()
    assert expected_greatest(50, 0.04) == pytest.approx(greatest, rel=0.01)


def test_moments_are_those_of_the_returns() -> None:
    # given returns 0, 0, 0, 4: mean 1, population deviation sqrt 3
    found = sharpe_of(np.array([0.0, 0, 0, 4]))
    assert found is not None
    assert (found.ratio, found.periods) == (pytest.approx(0.5), 4)
    assert found.skew == pytest.approx((3 * -1 + 27) / 4 / 3**1.5)
    assert found.kurtosis == pytest.approx((3 + 81) / 4 / 9)


def test_too_few_equal_or_missing_returns_have_no_ratio() -> None:
    for returns in ([0.1, 0.2], [0.1, 0.1, 0.1], [0.1, 0.2, np.nan]):
        assert sharpe_of(np.array(returns)) is None


def test_returns_of_two_values_at_the_edge_do_not_fail() -> None:
    assert probabilistic_sharpe(Sharpe(1.0, 10, 2.0, 5.0)) == pytest.approx(1.0)


def test_overlapping_returns_count_as_fewer_periods() -> None:
    found = sharpe_of(np.array([0.0, 0, 0, 4] * 5), overlap=5)
    assert found is not None
    assert found.periods == 4
    assert sharpe_of(np.array([0.0, 0, 0, 4]), overlap=2) is None
