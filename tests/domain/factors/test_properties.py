"""Whatever the panel, the compiled factors are the reference's, know no future and are never infinite."""

import numpy as np
import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from asxos.domain.factors import reference_factors
from asxos.domain.factors.compute import compute_factors
from asxos.domain.factors.market import market_return
from asxos.domain.factors.price import PRICE
from tests.domain.factors.panels import assert_agree, make_panel

LENGTHS = st.lists(st.integers(1, 290), min_size=1, max_size=4).map(tuple)
SEEDS = st.integers(0, 10**6)
COLUMNS = ("open", "high", "low", "close", "volume", "turnover")


def spoiled(lengths: tuple[int, ...], seed: int, share: float) -> pl.DataFrame:
    """A panel in which `share` of all values are missing, and some prices stand still."""
    rng = np.random.default_rng(seed)
    panel = make_panel(lengths, seed)
    if seed % 3 == 0:
        panel = panel.with_columns(pl.col("open", "close", "high", "low").round(1))
    return panel.with_columns(
        pl.Series(name, np.where(rng.random(panel.height) < share, np.nan, panel[name].to_numpy())) for name in COLUMNS
    )


@settings(max_examples=15, deadline=None)
@given(lengths=LENGTHS, seed=SEEDS, share=st.sampled_from([0.0, 0.001, 0.02, 0.5]))
def test_the_compiled_factors_are_the_references(lengths: tuple[int, ...], seed: int, share: float) -> None:
    panel = spoiled(lengths, seed, share)
    assert_agree(compute_factors(panel)[:, : len(PRICE)], reference_factors(panel).to_numpy())


@settings(max_examples=40, deadline=None)
@given(lengths=LENGTHS, seed=SEEDS, cut=st.integers(1, 289))
def test_no_factor_knows_the_future(lengths: tuple[int, ...], seed: int, cut: int) -> None:
    panel = spoiled(lengths, seed, 0.01)
    known = (panel["session_date"] - panel["session_date"].min()).dt.total_days() < cut
    then = compute_factors(panel.filter(known))
    np.testing.assert_array_equal(then, compute_factors(panel)[known.to_numpy()])


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, scale=st.floats(1e-9, 1e9), jump=st.floats(1e-6, 1e6))
def test_extreme_prices_give_numbers_or_nothing_never_infinity(seed: int, scale: float, jump: float) -> None:
    prices = pl.col("open", "high", "low", "close")
    panel = make_panel((800,) * 5, seed).with_columns(prices * scale)
    panel = panel.with_columns(pl.when(pl.int_range(4000) % 97 == 0).then(prices * jump).otherwise(prices))
    # On a day on which none of five shares traded the market has no return, nor have factors that need one.
    assume(np.isfinite(market_return(panel)[1:800]).all())
    matrix = compute_factors(panel)
    assert not np.isinf(matrix).any()
    assert not np.isnan(matrix[-1, : len(PRICE)]).any()
