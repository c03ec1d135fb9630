from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from asxos.domain.promotion import Finding, Gate, better, honest, net_difference
from asxos.domain.validation.evidence import evidence
from asxos.domain.validation.sessions import Pace

PACE = Pace(horizon=21, step=21)
SHARES, DATES = 100, 120


def told(skill: float, seed: int = 1, cost: float = 0.0, half_width: float = 1.6449) -> pl.DataFrame:
    """Evidence of scores whose correlation with normal returns is `skill`; returns are the same whatever the scores."""
    excess = np.random.default_rng(0).normal(size=SHARES * DATES)
    noise = np.random.default_rng(seed).normal(size=excess.shape)
    days = [date(2020, 1, 6) + timedelta(days=30 * n) for n in range(DATES)]
    size = len(excess)
    return evidence(
        {
            "session_date": np.repeat(np.array(days, "datetime64[D]"), SHARES),
            "security_id": np.tile(np.arange(SHARES), DATES),
            "score": skill * excess + np.sqrt(1 - skill**2) * noise,
            "ml_prob": np.full(size, 0.5),
            "expected": np.zeros(size),
            "low": np.full(size, -half_width),
            "high": np.full(size, half_width),
            "excess": excess,
            "liquidity": np.zeros(size),
            "sector": pl.Series([None] * size, dtype=pl.String),
            "cost": np.full(size, cost),
        }
    )


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
    assert passed(honest(told(0.0), Gate())) == [True, True]
    # a base rate of one half told as 0.6 is off by 0.1
    sure = told(0.0).with_columns(ml_prob=pl.lit(0.6, pl.Float32))
    assert honest(sure, Gate())[0].value == pytest.approx(0.1, abs=0.01)
    assert passed(honest(sure, Gate())) == [False, True]
    # intervals of one deviation either side hold 68 %
    narrow = honest(told(0.0, half_width=1.0), Gate())[1]
    assert (narrow.passed, narrow.bound) == (False, "0.88 to 0.92")
    assert narrow.value == pytest.approx(0.683, abs=0.01)
    # too wide is not honest either
    assert passed(honest(told(0.0, half_width=3.0), Gate())) == [True, False]


def test_what_was_never_judged_has_not_passed() -> None:
    silent = told(0.1).with_columns(pl.lit(None, pl.Float32).alias(name) for name in ("ml_prob", "low", "high"))
    assert [(line.value, line.passed) for line in honest(silent, Gate())] == [(None, False), (None, False)]
