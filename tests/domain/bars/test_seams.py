import polars as pl

from asxos.domain.bars.implied import implied_actions
from asxos.domain.bars.seams import Seams
from tests.domain.bars.factories import series, weekdays

D = weekdays(6)


def company(closes: list[float], adjusted: list[float]) -> pl.DataFrame:
    """Six sessions of one company that a source links by entity."""
    return series({1: closes}).with_columns(adj_close=pl.Series(adjusted), entity=pl.lit("E"))


# A stray bar under the present code, then three sessions under the former code with a split 10:1 in them.
WHOLE = company([100.0, 100.0, 10.0, 10.0, 5.0, 5.0], [5.0, 5.0, 5.0, 5.0, 5.0, 5.0])
PRESENT, FORMER = pl.concat([WHOLE[:1], WHOLE[4:]]), WHOLE[1:4]


def test_an_action_read_across_a_gap_is_mistaken_once_bars_lie_in_it() -> None:
    # given the present code first: a step 100 to 5 seems to happen on the fifth day
    seams = Seams()
    found = implied_actions(PRESENT)
    assert found.select("ex_date", "factor").rows() == [(D[4], 0.05)]
    seams.note(PRESENT, found)
    # when the former code's bars come
    mistaken = seams.mistaken(FORMER)
    # then that action is taken back, once
    assert mistaken.rows() == [(1, D[4], "vendor_ratio_step")]
    assert seams.mistaken(FORMER).height == 0


def test_the_edges_of_earlier_pieces_show_the_steps_between_pieces() -> None:
    seams = Seams()
    seams.note(PRESENT, implied_actions(PRESENT))
    stored = seams.with_adjusted(PRESENT.drop("adj_close"))
    merged = pl.concat([stored.select(FORMER.columns), FORMER]).sort("session_date")
    assert [(day, round(f, 6)) for day, f in implied_actions(merged).select("ex_date", "factor").iter_rows()] == [
        (D[2], 0.1),
        (D[4], 0.5),
    ]


def test_bars_outside_the_gap_leave_the_action_alone() -> None:
    seams = Seams()
    seams.note(PRESENT, implied_actions(PRESENT))
    later = series({1: [5.0]}).with_columns(session_date=pl.lit(weekdays(9)[-1]))
    assert seams.mistaken(later).height == 0


def test_bars_that_no_entity_links_leave_no_edges() -> None:
    seams = Seams()
    alone = PRESENT.with_columns(entity=pl.lit(None, pl.String))
    seams.note(alone, implied_actions(alone))
    assert seams.with_adjusted(alone.drop("adj_close"))["adj_close"].null_count() == 3
    assert seams.mistaken(FORMER).height == 0
