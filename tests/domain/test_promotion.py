from datetime import date
from functools import partial

import numpy as np
import polars as pl
import pytest

from asxos.domain.promotion import Finding, Gate, better, chance_error, honest, net_difference
from asxos.domain.validation.probability import expected_calibration_error
from asxos.domain.validation.sessions import Pace
from tests.told import told as made_up

PACE = Pace(horizon=21, step=21)
told = partial(made_up, shares=100, dates=120, days=30)


def passed(findings: list[Finding]) -> list[bool]:
    return [finding.passed for finding in findings]


def test_a_version_that_earns_more_than_the_reference_passes_and_one_that_earns_less_does_not() -> None:
    weak, strong = told(0.05), told(0.3)
    assert passed(better(strong, weak, PACE, Gate())) == [True, True]
    lines = better(weak, strong, PACE, Gate())
    assert passed(lines) == [False, False]
    assert [(line.measure, line.bound) for line in lines] == [
        ("net spread over ridge", "at least 0"),
        ("t of net spread over ridge", "at least 1"),
    ]


def test_the_same_scores_are_not_better_than_themselves() -> None:
    assert passed(better(told(0.3), told(0.3), PACE, Gate())) == [True, False]


def test_a_lead_within_one_standard_error_is_not_enough() -> None:
    # given scores as good as the reference's, but for chance: seed 5 is ahead of seed 1 by less than an error
    lines = better(told(0.1, seed=5), told(0.1, seed=1), PACE, Gate())
    assert lines[0].passed
    assert lines[1].value is not None
    assert 0 < lines[1].value < 1
    assert not lines[1].passed
    assert better(told(0.1, seed=5), told(0.1, seed=1), PACE, Gate(min_t=0.0))[1].passed


def test_a_difference_is_taken_on_the_rows_both_have_scored() -> None:
    # given a reference that knows only the first ten dates, and half of the shares
    reference = told(0.2).filter((pl.col("session_date") < date(2020, 11, 1)) & (pl.col("security_id") < 50))
    whole = told(0.3)
    found = net_difference(whole, reference, PACE)
    assert len(found) == 10
    same = whole.join(reference, on=["session_date", "security_id"], how="semi", maintain_order="left")
    np.testing.assert_array_equal(found, net_difference(same, reference, PACE))


def test_costs_are_taken_from_both() -> None:
    # scores drawn anew on every date replace nearly all of either tenth, so both pay the same
    free, dear = (net_difference(told(0.3, cost=c), told(0.05, cost=c), PACE).mean() for c in (0.0, 0.5))
    assert dear == pytest.approx(free, abs=0.02)
    # but where only one of them trades, it pays alone
    still = told(0.05).with_columns(score=pl.col("security_id").cast(pl.Float32))
    gained = net_difference(told(0.3), still, PACE).mean() - net_difference(told(0.3, cost=0.5), still, PACE).mean()
    assert gained == pytest.approx(2 * 0.9 * 0.5, abs=0.1)


def test_without_a_reference_or_rows_in_common_nothing_is_better() -> None:
    other = told(0.1).with_columns(pl.col("security_id") + 1_000)
    for reference in (None, other):
        lines = better(told(0.3), reference, PACE, Gate())
        assert [(line.value, line.passed) for line in lines] == [(None, False), (None, False)]


def test_probabilities_and_intervals_must_be_as_good_as_their_word() -> None:
    assert passed(honest(told(0.0), PACE, Gate())) == [True, True]
    # a base rate of one half told as 0.6 is off by 0.1
    sure = told(0.0).with_columns(ml_prob=pl.lit(0.6, pl.Float32))
    assert honest(sure, PACE, Gate())[0].value == pytest.approx(0.1, abs=0.01)
    assert passed(honest(sure, PACE, Gate())) == [False, True]
    # intervals of one deviation either side hold 68 %
    narrow = honest(told(0.0, half_width=1.0), PACE, Gate())[1]
    assert (narrow.passed, narrow.bound) == (False, "0.88 to 0.92")
    assert narrow.value == pytest.approx(0.683, abs=0.01)
    # too wide is not honest either
    assert passed(honest(told(0.0, half_width=3.0), PACE, Gate())) == [True, False]


def test_what_chance_gives_is_not_held_against_a_forecaster() -> None:
    # given a perfect forecaster of which so few rows were seen that its calibration error alone is 0.05
    rng = np.random.default_rng(1)
    errors: list[float] = []
    for _ in range(200):
        said = rng.uniform(0.45, 0.55, 500)
        errors.append(expected_calibration_error(said, (rng.uniform(size=500) < said).astype(np.float64)))
    assert np.mean(errors) == pytest.approx(0.056, abs=0.003)
    assert chance_error(500, PACE) == pytest.approx(np.mean(errors), rel=0.05)
    # and weekly rows with labels of 21 sessions tell as much as 5 / 21 of them
    assert chance_error(2100, Pace(horizon=21, step=5)) == pytest.approx(chance_error(500, PACE))


def test_what_was_never_judged_has_not_passed() -> None:
    silent = told(0.1).with_columns(pl.lit(None, pl.Float32).alias(name) for name in ("ml_prob", "low", "high"))
    assert [(line.value, line.passed) for line in honest(silent, PACE, Gate())] == [(None, False), (None, False)]
