from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from asxos.domain.ensemble import Limits, Weighting
from asxos.domain.ensemble.history import Joint, Weigher, ic_by_date, joined, pooled_evidence, weights_by_date
from asxos.domain.validation.evidence import SCHEMA
from asxos.domain.validation.record import honesty
from asxos.domain.validation.sessions import Pace
from tests.told import FIRST, told

PACE = Pace(horizon=21, step=5)
SHARES, DATES = 40, 60
DAYS = [FIRST + timedelta(days=7 * n) for n in range(DATES)]
DYNAMIC = Weigher(Weighting.DYNAMIC, np.array([0.5, 0.5]), Limits(0.05, 0.95), half_life=50, every=12, pace=PACE)


GOOD, BAD = told(0.3, 1), told(-0.05, 2)


@pytest.fixture(scope="module")
def joint() -> Joint:
    return joined([GOOD, BAD])


def test_an_ic_by_date_is_spearmans_and_needs_three_shares() -> None:
    rows = GOOD.filter(pl.col("session_date") < DAYS[2]).head(SHARES + 2)
    found = ic_by_date(rows)
    score, excess = (np.argsort(np.argsort(rows.head(SHARES)[name])) for name in ("score", "excess"))
    assert found["ic"].to_list() == [pytest.approx(np.corrcoef(score, excess)[0, 1]), None]


def test_members_stand_side_by_side_on_the_rows_that_any_of_them_knows() -> None:
    part = BAD.filter((pl.col("session_date") > DAYS[0]) & (pl.col("security_id") < 5))
    unsure = GOOD.with_columns(
        pl.when(pl.col("session_date") < DAYS[2]).then(None).otherwise("ml_prob").alias("ml_prob")
    )
    found = joined([unsure, part])
    # then the second date has but the five shares of the second member
    assert found.rows.height == 5 + (DATES - 2) * SHARES
    assert np.isnan(found.said.probabilities[:5]).tolist() == [[True, False]] * 5
    assert np.isnan(found.said.probabilities[5:, 0]).sum() == 0
    assert found.dates[[0, 4, 5, -1]].tolist() == [0, 0, 1, DATES - 2]
    assert np.isnan(found.ics[0]).tolist() == [True, False]


def test_weights_move_to_the_better_member_once_outcomes_are_known(joint: Joint) -> None:
    weights = weights_by_date(joint, DYNAMIC)
    # 22 sessions are five weekly dates: the first outcome is known on the sixth
    assert weights[:5].tolist() == [[0.5, 0.5]] * 5
    assert (weights[6:, 0] > 0.5).all()
    assert weights[-1, 0] > 0.75


@pytest.mark.parametrize("weighting", list(Weighting))
def test_weights_of_a_date_know_no_later_outcome(joint: Joint, weighting: Weighting) -> None:
    # given other outcomes from date 30 on
    later = pl.col("session_date") >= DAYS[30]
    changed = [
        frame.with_columns(excess=pl.when(later).then(-pl.col("excess")).otherwise("excess")) for frame in (GOOD, BAD)
    ]
    weigher = replace(DYNAMIC, weighting=weighting)
    before, after = (weights_by_date(j, weigher) for j in (joint, joined(changed)))
    # then the weights up to date 34 are the same to the bit, and those after it are not
    np.testing.assert_array_equal(before[:35], after[:35])
    assert (before[-1] == after[-1]).all() == (weighting is Weighting.FIXED)


def test_stacked_weights_are_held_between_learnings() -> None:
    joint = joined([told(0.3, 1), told(0.2, 2)])
    weights = weights_by_date(joint, replace(DYNAMIC, weighting=Weighting.STACKED))
    assert weights.shape == (DATES, 2)
    assert (weights[:12] == 0.5).all()
    assert np.flatnonzero(np.diff(weights[:, 0])).tolist() == [11, 23, 35, 47]
    assert 0.5 < weights[-1, 0] < 0.95


def test_the_ensembles_evidence_is_evidence_like_any_other(joint: Joint) -> None:
    found = pooled_evidence(joint, DYNAMIC)
    assert (found.schema, found.height) == (pl.Schema(SCHEMA), SHARES * DATES)
    assert found.select("session_date", "security_id", "excess").equals(
        GOOD.select("session_date", "security_id", "excess")
    )
    # by hand for the first row, at equal weights
    first = [frame.row(0, named=True)["ml_prob"] for frame in (GOOD, BAD)]
    assert found["ml_prob"][0] == pytest.approx(sum(first) / 2)
    assert found["score"][0] == pytest.approx(np.log(sum(first) / (2 - sum(first))), rel=1e-5)


def test_the_ensemble_covers_at_least_what_the_mean_of_its_members_ends_would() -> None:
    # given two members of skill that look at different things, so that they are often apart
    members = [told(0.6, 1, half_width=1.2), told(0.6, 9, half_width=1.2)]
    joint = joined(members)
    found = honesty(pooled_evidence(joint, replace(DYNAMIC, weighting=Weighting.FIXED)))
    ends = [
        (a["low"] + b["low"], a["high"] + b["high"])
        for a, b in zip(*(m.iter_rows(named=True) for m in members), strict=True)
    ]
    excess = joint.excess
    plain = np.mean([low / 2 <= e <= high / 2 for (low, high), e in zip(ends, excess, strict=True)])
    assert found["coverage"] > plain
