import polars as pl
import pytest

from asxos.domain.bars.judge import KEY, VALUES, Known, Verdict, judge
from asxos.domain.bars.matching import ACTION_SCHEMA
from tests.domain.bars.factories import NOW, actions, finals, series, weekdays

D = weekdays(40)
NONE = pl.DataFrame(schema=ACTION_SCHEMA)
COLUMNS = [*KEY, *VALUES, "adj_close"]


def known(stored: pl.DataFrame | None = None, held: pl.DataFrame | None = None, actions: pl.DataFrame = NONE) -> Known:
    empty = series({1: []})
    bars = (empty if stored is None else stored).select(COLUMNS).with_columns(adj_close=pl.lit(None, pl.Float64))
    return Known(bars, (empty if held is None else held).select(COLUMNS), actions)


def judged(frame: pl.DataFrame, past: Known | None = None, reported: pl.DataFrame = NONE) -> Verdict:
    return judge(frame, reported, past or known(), finals(), NOW)


def kept_out(verdict: Verdict) -> list[tuple[object, ...]]:
    return verdict.kept_out.select("session_date", "close", "reason", "state").rows()


def test_good_bars_are_added_and_known_when_their_session_is_final() -> None:
    verdict = judged(series({1: [10.0, 11.0]}))
    assert verdict.added["close"].to_list() == [10.0, 11.0]
    assert verdict.added["known_at"].to_list() == finals().of(pl.Series(D[:2])).to_list()
    assert (verdict.corrected.height, verdict.kept_out.height, verdict.unchanged) == (0, 0, 0)


def test_bars_that_stand_are_unchanged_whatever_their_last_digit() -> None:
    stored = series({1: [10.0, 11.0]})
    verdict = judged(stored.with_columns(close=pl.col("close") * (1 + 1e-9)), known(stored))
    assert (verdict.unchanged, verdict.added.height, verdict.corrected.height) == (2, 0, 0)


def test_a_bar_that_differs_from_what_stands_is_a_correction_known_now() -> None:
    stored = series({1: [10.0, 11.0]})
    verdict = judged(series({1: [10.0, 11.5]}), known(stored))
    assert verdict.corrected.select("close", "known_at").rows() == [(11.5, NOW)]
    assert verdict.unchanged == 1


def test_another_volume_is_a_correction_too() -> None:
    stored = series({1: [10.0]})
    assert judged(stored.with_columns(volume=pl.lit(7, pl.Int64)), known(stored)).corrected["volume"].to_list() == [7]


def test_a_confirmed_jump_goes_in_and_is_known_when_it_was_confirmed() -> None:
    verdict = judged(series({1: [10.0, 20.0, 20.5]}))
    assert verdict.added["close"].to_list() == [10.0, 20.0, 20.5]
    first, _, third = finals().of(pl.Series(D[:3])).to_list()
    assert verdict.added["known_at"].to_list() == [first, third, third]
    assert kept_out(verdict) == [(D[1], 20.0, "jump", "released")]
    assert verdict.kept_out["detail"].to_list() == ["close 20.0 after 10.0: 100.0 % overnight with no corporate action"]


def test_a_spike_stays_out() -> None:
    verdict = judged(series({1: [10.0, 100.0, 10.1]}))
    assert verdict.added["close"].to_list() == [10.0, 10.1]
    assert kept_out(verdict) == [(D[1], 100.0, "jump", "held")]


def test_a_jump_at_the_end_waits_and_the_next_delivery_releases_it() -> None:
    # given a series that ends in a jump
    first = judged(series({1: [10.0, 20.0]}))
    assert (first.added["close"].to_list(), kept_out(first)) == ([10.0], [(D[1], 20.0, "jump", "held")])
    # when the next session comes alone
    stored, held = series({1: [10.0]}), series({1: [10.0, 20.0]})[1:]
    verdict = judged(series({1: [10.0, 20.0, 20.5]})[2:], known(stored, held))
    # then both go in
    assert verdict.added["close"].to_list() == [20.0, 20.5]
    assert verdict.kept_out.height == 0


def test_a_held_spike_stays_held_when_the_next_delivery_reverts() -> None:
    stored, held = series({1: [10.0]}), series({1: [10.0, 100.0]})[1:]
    verdict = judged(series({1: [10.0, 100.0, 10.2]})[2:], known(stored, held))
    assert verdict.added["close"].to_list() == [10.2]


def test_a_split_is_no_jump_whoever_tells_of_it() -> None:
    frame = series({1: [100.0, 10.0, 10.1]})
    split = actions((1, D[1], "split", 0.1))
    implied = frame.with_columns(adj_close=pl.Series([10.0, 10.0, 10.1]))
    for verdict in (judged(frame, reported=split), judged(frame, known(actions=split)), judged(implied)):
        assert (verdict.added.height, verdict.kept_out.height) == (3, 0)


def test_what_a_batch_reports_and_its_ratio_implies_is_one_action() -> None:
    frame = series({1: [100.0, 10.0, 10.1]}).with_columns(adj_close=pl.Series([10.0, 10.0, 10.1]))
    verdict = judged(frame, reported=actions((1, D[1], "split", 0.1)))
    assert verdict.actions.select("kind", "method").rows() == [("split", "reported")]
    assert judged(frame, known(actions=verdict.actions)).actions.height == 0


def test_stale_bars_are_held_and_the_first_twenty_quiet_ones_kept() -> None:
    frame = series({1: [1.0] * 25}).with_columns(volume=pl.Series([100] + [0] * 24))
    verdict = judged(frame)
    assert verdict.added.height == 21
    assert {row[2:] for row in kept_out(verdict)} == {("stale_run", "held")}


def test_a_stale_run_goes_on_across_deliveries() -> None:
    frame = series({1: [1.0] * 25}).with_columns(volume=pl.Series([100] + [0] * 24))
    verdict = judged(frame[21:], known(frame[:21]))
    assert (verdict.added.height, verdict.kept_out.height) == (0, 4)


def test_a_contradiction_is_refused_with_what_was_delivered() -> None:
    verdict = judged(pl.concat([series({1: [10.0]}), series({1: [11.0]})]))
    assert kept_out(verdict) == [(D[0], 11.0, "duplicate", "refused")]
    assert verdict.kept_out["detail"][0].startswith("differs from the bar that stands: open 11.0 high 11.0")


def test_a_bar_between_stored_ones_is_judged_by_both_neighbours() -> None:
    whole = series({1: [10.0, 100.0, 10.1]})
    verdict = judged(whole[1:2], known(pl.concat([whole[:1], whole[2:]])))
    assert (verdict.added.height, kept_out(verdict)) == (0, [(D[1], 100.0, "jump", "held")])


def test_bars_come_in_any_order() -> None:
    verdict = judged(series({1: [10.0, 20.0, 20.5], 2: [1.0]}).reverse())
    assert verdict.added.select(*KEY).rows() == [(1, D[0]), (1, D[1]), (1, D[2]), (2, D[0])]


def test_disagreement_with_the_vendor_is_counted() -> None:
    frame = series({1: [10.0] * 30}).with_columns(adj_close=pl.Series([10.0] * 29 + [10.005]))
    verdict = judged(frame)
    assert (verdict.compared, verdict.disagreeing) == (30, 0)


@pytest.mark.parametrize("count", [0, 1])
def test_a_batch_may_be_small(count: int) -> None:
    assert judged(series({1: [10.0] * count})).added.height == count
