"""Doubtful bars keep a share out of the universe of that date, for a reason that is counted."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from asxos.domain.quality import Doubt, QualityRule, doubts
from asxos.domain.universe import UniverseRule, universe_mask, universe_of

MONDAY = date(2024, 1, 1)
RULE = QualityRule(window=4, min_present=0.75, max_still=3, max_move=0.45, wait=2)


def share(security_id: int, closes: dict[int, float]) -> pl.DataFrame:
    """Closes by the number of the session."""
    return pl.DataFrame(
        {
            "security_id": pl.Series([security_id] * len(closes), dtype=pl.Int32),
            "session_date": [MONDAY + timedelta(days=n) for n in closes],
            "close": pl.Series(list(closes.values()), dtype=pl.Float64),
        }
    )


def moving(*sessions: int) -> dict[int, float]:
    return {n: 10.0 + n % 2 for n in sessions}


def doubt_of(*shares: pl.DataFrame, rule: QualityRule = RULE) -> list[Doubt | None]:
    """The doubts of the last share; the others make the market's sessions."""
    found = doubts(pl.concat(shares), rule).to_list()
    return found[len(found) - shares[-1].height :]


def test_a_share_needs_bars_on_three_of_the_markets_last_four_sessions() -> None:
    # given a share that is suspended on sessions 3 to 5 of ten
    market = share(1, moving(*range(10)))
    found = doubt_of(market, share(2, moving(0, 1, 2, 6, 7, 8, 9)))
    # then it is in from its third bar on, out when it is back, and in again once three of four sessions have one
    few = Doubt.FEW_BARS
    assert found == [few, few, None, few, few, None, None]


def test_a_close_that_stood_still_for_three_sessions_is_stale_until_it_moves() -> None:
    closes = [1.0, 1.1, 1.2, 1.2, 1.2, 1.2, 1.2, 1.3]
    found = doubt_of(share(1, dict(enumerate(closes))))
    assert found[2:] == [None, None, None, Doubt.STALE, Doubt.STALE, None]


def test_a_jump_is_in_doubt_that_day_and_the_next_session() -> None:
    # given a fall of a half, and one of 45 % that is none
    closes = [4.0, 4.1, 4.0, 2.0, 2.1, 2.0, 2.0 * 0.5501, 1.2]
    found = doubt_of(share(1, dict(enumerate(closes))))
    assert found[2:] == [None, Doubt.JUMP, Doubt.JUMP, None, None, None]


def test_nothing_reaches_from_one_share_into_the_next() -> None:
    # given a share whose first close is a hundred times the last one's
    first = share(1, dict.fromkeys(range(6), 1.0))
    assert doubt_of(first, share(2, {n: 100.0 + n for n in range(6)}))[2:] == [None] * 4


def test_a_bar_without_a_close_is_no_jump_and_no_standstill() -> None:
    found = doubt_of(share(1, {0: 1.0, 1: 1.1, 2: 1.0, 3: np.nan, 4: 1.0, 5: 1.1}))
    assert found[2:] == [None] * 4


def test_no_rows_have_no_doubts() -> None:
    assert doubts(share(1, moving(0)).clear(), RULE).to_list() == []


def test_the_universe_leaves_out_what_is_in_doubt_and_counts_it_by_reason() -> None:
    # given two liquid shares, one of which jumps on session 5, and one too small that jumps as well
    liquid = [share(1, moving(*range(8))), share(2, {n: 10.0 if n < 5 else 20.0 + n for n in range(8)})]
    small = share(3, {n: 0.01 if n < 5 else 0.02 + n / 1000 for n in range(8)})
    panel = pl.concat([*liquid, small]).with_columns(raw_close="close", turnover=pl.lit(1e6))
    rule = UniverseRule(window=3, quality=QualityRule(window=4, max_still=9, wait=2))
    universe = universe_of(panel, rule)
    # then only the liquid one that jumped is out, and counted, on two sessions
    members = panel.filter(pl.Series(universe.mask)).group_by("security_id").len().sort("security_id")
    assert members.rows() == [(1, 6), (2, 4)]
    days = [MONDAY + timedelta(days=n) for n in (5, 6)]
    assert universe.left_out.rows() == [(day, Doubt.JUMP, 1) for day in days]


def test_the_future_changes_no_doubt_and_no_delisted_share_is_forgotten() -> None:
    # given twenty shares of which half end early
    rng = np.random.default_rng(3)
    shares = [
        share(k, dict(enumerate(np.exp(np.cumsum(rng.normal(0, 0.2, 60 if k % 2 else 30))).tolist())))
        for k in range(1, 21)
    ]
    panel = pl.concat(shares).with_columns(raw_close="close", turnover=pl.lit(1e6))
    rule = UniverseRule(min_close=0.5, quality=QualityRule(max_move=0.3))
    known = (panel["session_date"] < MONDAY + timedelta(days=40)).to_numpy()
    now = universe_mask(panel, rule)
    np.testing.assert_array_equal(universe_mask(panel.filter(pl.Series(known)), rule), now[known])
    # then a share that ended on session 29 was in the universe of its last days
    ended = panel.filter(pl.Series(now) & (pl.col("security_id") % 2 == 0))
    assert ended["session_date"].max() == MONDAY + timedelta(days=29)
