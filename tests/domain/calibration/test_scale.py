import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from asxos.domain.calibration.isotonic import never_falling
from asxos.domain.calibration.nesting import later_parts
from asxos.domain.calibration.probability import Method, choose_calibrator, fit_calibrator
from asxos.domain.calibration.returns import fit_conditional_mean
from asxos.domain.calibration.scale import Scale, fit_scale
from asxos.domain.calibration.walking import Scored


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def scored(rows: int = 6000, slope: float = 0.3, seed: int = 5) -> Scored:
    """Returns whose chance of being positive is logistic(slope x score), 60 shares a session."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=rows)
    sign = np.where(rng.uniform(size=rows) < logistic(slope * scores), 1.0, -1.0)
    return Scored(
        scores=scores,
        excess=sign * rng.exponential(0.05, rows),
        sessions=np.arange(rows) // 60,
        groups=rng.integers(0, 3, rows),
        swings=np.full(rows, 0.02),
    )


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 9)), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_pooled_steps_are_those_of_scikit_learn(points: list[tuple[float, float]]) -> None:
    values, weights = (np.array(part) for part in zip(*points, strict=True))
    theirs = IsotonicRegression().fit_transform(np.arange(len(values)), values, sample_weight=weights)
    np.testing.assert_allclose(never_falling(values, weights), theirs, atol=1e-8)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("slope", [0.5, 0.0, -0.5])
def test_every_calibration_never_falls_even_where_the_scores_are_worthless_or_upside_down(
    method: Method, slope: float
) -> None:
    given_rows = scored(slope=slope)
    calibrator = fit_calibrator(method, given_rows.scores, (given_rows.excess > 0).astype(float))
    said = calibrator.probabilities(np.linspace(-20, 20, 2001))
    assert (np.diff(said) >= 0).all()
    assert said.min() >= 0.01 - 1e-12
    assert said.max() <= 0.99 + 1e-12


def test_platts_line_is_the_logistic_regression_of_scikit_learn() -> None:
    rows = scored()
    outcomes = (rows.excess > 0).astype(float)
    ours = fit_calibrator(Method.PLATT, rows.scores, outcomes)
    inside = np.abs(rows.scores - ours.center) < 3.9 * ours.spread
    theirs = LogisticRegression(C=np.inf).fit(rows.scores[:, None], outcomes).predict_proba(rows.scores[:, None])[:, 1]
    np.testing.assert_allclose(ours.probabilities(rows.scores)[inside], theirs[inside], atol=0.002)


def test_scores_all_alike_say_the_base_rate() -> None:
    outcomes = np.array([1.0, 0.0, 0.0, 0.0] * 1000)
    for method in (Method.PLATT, Method.ISOTONIC):
        said = fit_calibrator(method, np.ones(4000), outcomes).probabilities(np.ones(1))
        assert said[0] == pytest.approx(0.25, abs=0.03)


def test_raw_log_odds_stay_when_they_are_already_right() -> None:
    # given scores that are the true log-odds
    rows = scored(rows=60_000, slope=1.0)
    chosen, nested = choose_calibrator(
        rows.scores, (rows.excess > 0).astype(float), rows.sessions, is_log_odds=True, purge=2
    )
    assert chosen.method is Method.RAW
    # and nothing is judged before there was something to learn from
    assert np.isnan(nested[rows.sessions < 200]).all()
    assert np.isfinite(nested[rows.sessions >= 200]).all()


def test_overconfident_log_odds_are_corrected() -> None:
    rows = scored(rows=12_000, slope=0.2)
    outcomes = (rows.excess > 0).astype(float)
    chosen, _ = choose_calibrator(5 * rows.scores, outcomes, rows.sessions, is_log_odds=True, purge=2)
    assert chosen.method is not Method.RAW
    assert chosen.probabilities(np.array([5.0]))[0] == pytest.approx(logistic(np.array(0.2)), abs=0.03)


def test_the_past_is_calibrated_without_the_future() -> None:
    # given the same past with two different futures
    rows = scored()
    outcomes = (rows.excess > 0).astype(float)
    flipped = np.where(rows.sessions >= 80, 1 - outcomes, outcomes)
    past = rows.sessions < 80
    one, other = (
        choose_calibrator(rows.scores, o, rows.sessions, is_log_odds=False, purge=2)[0:2] for o in (outcomes, flipped)
    )
    if one[0].method is other[0].method:
        np.testing.assert_array_equal(one[1][past], other[1][past])
    # then what earlier parts learn never holds a row within the purge of the later part
    for earlier, later in later_parts(rows.sessions, purge=2):
        assert rows.sessions[earlier].max() < rows.sessions[later].min() - 2


def test_a_single_date_has_no_later_part() -> None:
    assert list(later_parts(np.zeros(5, np.int64), purge=1)) == []
    rows = scored().part(np.arange(6000) < 60)
    fitted = fit_scale(rows, is_log_odds=True, purge=22, overlap=4.2)
    for said in (fitted.nested.probabilities, fitted.nested.expected, fitted.nested.low, fitted.nested.high):
        assert np.isnan(said).all()


def test_expected_returns_never_fall_and_noise_is_shrunk_away() -> None:
    rng = np.random.default_rng(2)
    scores, noise = rng.normal(size=50_000), rng.normal(0, 0.1, 50_000)
    worthless = fit_conditional_mean(scores, noise, overlap=4.2)
    told = fit_conditional_mean(scores, noise + 0.02 * scores, overlap=4.2)
    grid = np.linspace(-3, 3, 301)
    assert (np.diff(told.expected(grid)) >= 0).all()
    assert np.ptp(worthless.expected(grid)) < 0.004
    assert told.expected(np.array([1.0]))[0] == pytest.approx(0.02, abs=0.006)


def test_one_misprint_does_not_move_an_expected_return() -> None:
    rng = np.random.default_rng(2)
    scores, returns = rng.normal(size=5000), rng.normal(0, 0.1, 5000)
    spoilt = returns.copy()
    spoilt[0] = 118.0
    a, b = (fit_conditional_mean(scores, r, 1.0).expected(np.zeros(1))[0] for r in (returns, spoilt))
    assert a == pytest.approx(b, abs=1e-3)


def test_a_scale_stored_as_json_reads_back_equal() -> None:
    for log_odds in (True, False):
        scale = fit_scale(scored(), is_log_odds=log_odds, purge=2, overlap=1.0).scale
        assert Scale.from_json(json.loads(json.dumps(scale.to_json()))) == scale


def test_nested_coverage_is_near_the_target() -> None:
    rows = scored()
    said = fit_scale(rows, is_log_odds=False, purge=2, overlap=1.0).nested
    inside = (rows.excess >= said.low) & (rows.excess <= said.high)
    assert 0.88 <= inside[np.isfinite(said.low)].mean() <= 0.92


def test_a_scale_stored_before_intervals_moved_reads_as_it_was() -> None:
    # given ends as fractions, as they were stored then
    stored = fit_scale(scored(), is_log_odds=True, purge=2, overlap=1.0).scale.to_json()
    stored["intervals"] = {"low": [-0.3, -0.2, -0.1], "high": [0.3, 0.2, 0.1]}
    scale = Scale.from_json(stored)
    # then neither a share's swing nor what happened since changes them
    said = scale.adapted(scored(seed=9)).said(np.zeros(3), np.arange(3), np.array([0.5, np.nan, 0.01]))
    np.testing.assert_allclose(said.high - said.expected, [0.3, 0.2, 0.1])
    np.testing.assert_allclose(said.low - said.expected, [-0.3, -0.2, -0.1])
