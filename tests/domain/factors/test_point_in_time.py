"""No factor may know the future: rows that come later change no bit of the rows before."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from asxos.domain.factors.compute import compute_factors
from asxos.domain.factors.price import PRICE
from asxos.domain.validation.leaks import facts_known
from tests.domain.factors.panels import START, make_facts, make_panel

PANEL = make_panel((900, 300, 520, 90, *(450,) * 8))
FACTS = make_facts(PANEL)
WHOLE = compute_factors(PANEL, facts=FACTS)


def test_every_factor_is_known_somewhere_on_this_panel() -> None:
    assert not np.isnan(WHOLE).all(axis=0).any()


@pytest.mark.parametrize("rows", [1, 20, 21, 251, 252, 253, 255, 256, 400, 505, 899])
def test_dropping_later_sessions_leaves_every_bit_as_it_was(rows: int) -> None:
    # given the panel as it was known on an earlier session
    known = PANEL["session_date"] < START + timedelta(days=rows)
    # when the factors are computed then
    then = compute_factors(PANEL.filter(known), facts=facts_known(FACTS, START + timedelta(days=rows - 1)))
    # then they are today's, bit for bit
    np.testing.assert_array_equal(then.view(np.uint32), WHOLE[known.to_numpy()].view(np.uint32))


def test_changing_later_prices_leaves_every_bit_as_it_was() -> None:
    later = pl.col("session_date") > START + timedelta(days=400)
    shaken = PANEL.with_columns(pl.when(later).then(pl.col("^(open|high|low|close|turnover|volume)$") * 1e6).otherwise(
        pl.col("^(open|high|low|close|turnover|volume)$")
    ))  # fmt: skip
    before = PANEL.select(~later).to_series().to_numpy()
    np.testing.assert_array_equal(compute_factors(shaken, facts=FACTS)[before], WHOLE[before])


def test_facts_told_later_leave_every_bit_as_it_was() -> None:
    day = START + timedelta(days=400)
    before = (PANEL["session_date"] <= day).to_numpy()
    then = compute_factors(PANEL, facts=facts_known(FACTS, day))
    np.testing.assert_array_equal(then[before], WHOLE[before])
    assert (then[~before] != WHOLE[~before]).any()


def test_real_factors_of_2020_are_the_same_whether_computed_then_or_now(real_panel: pl.DataFrame) -> None:
    known = real_panel["session_date"].dt.year() <= 2020
    now = compute_factors(real_panel)[known.to_numpy()]
    then = compute_factors(real_panel.filter(known))
    np.testing.assert_array_equal(then, now)


def test_other_shares_change_no_factor_of_prices_but_those_that_read_the_market() -> None:
    alone = compute_factors(PANEL.filter(pl.col("security_id") == 1))
    others = [k for k, factor in enumerate(PRICE) if "market_return" not in factor.expression.meta.root_names()]
    assert 0 < len(others) < len(PRICE)
    np.testing.assert_array_equal(alone[:, others], WHOLE[:900, others])
