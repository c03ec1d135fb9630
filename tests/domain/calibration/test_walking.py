from dataclasses import replace

import numpy as np
import pytest

from asxos.domain.calibration.intervals import POWER
from asxos.domain.calibration.walking import REFIT_AFTER, Scored, walk

PURGE, STEP, SHARES = 22, 5, 240


def market(dates: int = 160, seed: int = 4, storm: tuple[int, int] | None = None) -> Scored:
    """Weekly dates; residuals twice as large from one date of a `storm` to the other, which no swing foretold."""
    rng = np.random.default_rng(seed)
    rows = dates * SHARES
    date, swings = np.arange(rows) // SHARES, rng.lognormal(np.log(0.03), 0.4, rows)
    size = np.where((date >= storm[0]) & (date < storm[1]), 2.0, 1.0) if storm else 1.0
    excess = 2 * swings**POWER * size * rng.normal(size=rows)
    return Scored(rng.normal(size=rows), excess, date * STEP, np.arange(rows) % 3, swings)


def covered(scored: Scored, told: np.ndarray, dates: slice) -> float:
    inside = (scored.excess >= told[:, 1]) & (scored.excess <= told[:, 2])
    return float(inside.reshape(-1, SHARES)[dates].mean())


def test_intervals_hold_once_there_was_enough_to_learn_from() -> None:
    scored = market()
    outlook, told = walk(scored, PURGE, overlap=4.2)
    first = int(np.argmax(np.isfinite(told[:, 0]))) // SHARES
    # six label lengths of outcomes, and those known: 27 dates span 135 sessions, and 22 sessions are 5 dates
    assert first == 27 + 5
    assert np.isfinite(told[first * SHARES :]).all()
    assert covered(scored, told, slice(first, None)) == pytest.approx(0.9, abs=0.015)
    assert max(np.abs(outlook.intervals.stretch)) < 0.3


def test_a_storm_widens_them_as_soon_as_its_first_outcomes_are_known_and_no_sooner() -> None:
    calm, stormy = market(), market(storm=(90, 130))
    (_, before), (_, told) = (walk(scored, PURGE, overlap=4.2) for scored in (calm, stormy))
    until = (90 + 5) * SHARES
    # the same until the outcomes of the first stormy date are known, five dates later
    np.testing.assert_array_equal(told[:until], before[:until])
    # at first too narrow, then much better, though the ends themselves are learnt from two years
    assert covered(stormy, told, slice(90, 95)) < 0.65
    assert covered(stormy, told, slice(100, 130)) > 0.82


def test_another_future_leaves_what_was_said_as_it_was() -> None:
    # given the same market, whose outcomes from date 100 on are turned round
    scored = market()
    other = replace(scored, excess=np.where(scored.sessions >= 100 * STEP, -3 * scored.excess, scored.excess))
    known = (100 * STEP + PURGE - 1) // STEP + 1
    one, two = (walk(s, PURGE, overlap=4.2)[1] for s in (scored, other))
    np.testing.assert_array_equal(one[: known * SHARES], two[: known * SHARES])
    assert (one[known * SHARES :] != two[known * SHARES :]).any()


def test_what_a_version_says_later_is_what_the_walk_would_have_said() -> None:
    # given an outlook learnt up to a date, and the outcomes that come in until the next refit
    scored = market()
    learnt = 120
    outlook, _ = walk(scored.part(scored.sessions <= learnt * STEP), PURGE, overlap=4.2)
    last = learnt + REFIT_AFTER // STEP - 1
    news = scored.part((scored.sessions > learnt * STEP) & (scored.sessions <= (last - 5) * STEP))
    today = scored.part(scored.sessions == last * STEP)
    adapted = outlook.adapted(news)
    # then it differs from one learnt anew only by what two years' ends move in three months
    anew, _ = walk(scored.part(scored.sessions <= (last - 5) * STEP), PURGE, overlap=4.2)
    np.testing.assert_allclose(adapted.intervals.stretch, anew.intervals.stretch, atol=0.12)
    widths = [np.ptp(o.ends(today.scores, today.groups, today.swings)[:, 1:], axis=1) for o in (adapted, anew)]
    np.testing.assert_allclose(widths[0], widths[1], rtol=0.12)


def test_too_short_a_history_says_nothing_of_itself_but_something_of_the_next_date() -> None:
    scored = market(dates=20)
    outlook, told = walk(scored, PURGE, overlap=4.2)
    assert np.isnan(told).all()
    assert np.isfinite(outlook.ends(scored.scores, scored.groups, scored.swings)).all()
