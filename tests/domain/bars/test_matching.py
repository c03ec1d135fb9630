from datetime import timedelta

import polars as pl

from asxos.domain.bars.matching import new_actions
from tests.domain.bars.factories import MONDAY, actions

SPLIT = actions((1, MONDAY, "split", 0.1))
NEAR = actions((1, MONDAY + timedelta(days=3), "adjustment", 0.101))
FAR = actions((1, MONDAY + timedelta(days=30), "split", 0.1))
OTHER = actions((2, MONDAY, "split", 0.1))
DIVIDEND = actions((1, MONDAY, "dividend", 0.1)).with_columns(factor=pl.lit(None, pl.Float64), amount=pl.lit(0.5))


def test_an_action_with_nearly_the_date_and_factor_of_a_known_one_is_no_news() -> None:
    found = pl.concat([NEAR, FAR, OTHER])
    assert new_actions(found, SPLIT)["ex_date"].to_list() == [FAR["ex_date"][0], MONDAY]


def test_the_same_action_again_is_no_news() -> None:
    known = pl.concat([SPLIT, DIVIDEND])
    assert new_actions(known, known).height == 0
    assert new_actions(pl.concat([DIVIDEND, DIVIDEND]), SPLIT).height == 1


def test_everything_is_news_where_nothing_is_known() -> None:
    assert new_actions(pl.concat([SPLIT, OTHER]), SPLIT.clear()).height == 2
