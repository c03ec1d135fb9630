"""Panels with holes, nonsense and faults."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from asxos.domain.factors import FACTOR_NAMES, BadPanel, market_return, reference_factors
from asxos.domain.factors.compute import compute_factors, warm_up
from asxos.domain.factors.panel import FactorArray
from asxos.domain.factors.price import PRICE, PRICE_NAMES
from tests.domain.factors.panels import assert_agree, make_panel

COLUMNS = ("open", "high", "low", "close", "volume", "raw_close", "turnover")
UNUSED = ("raw_close",)
# Rows a factor looks back: the year of beta behind the year of residual momentum, and momentum_36_13.
LONGEST = 757


def factors_of_prices(panel: pl.DataFrame) -> FactorArray:
    """The factors of prices alone."""
    return compute_factors(panel)[:, : len(PRICE)]


@pytest.mark.parametrize(
    ("column", "hole"),
    [*((column, None) for column in COLUMNS), *((c, h) for c in ("close", "volume") for h in (np.nan, np.inf, -1.0))],
)
def test_a_hole_in_a_column_spoils_only_the_windows_that_hold_it(column: str, hole: float | None) -> None:
    # given one impossible value on row 800 of the first of three shares
    whole = make_panel((1600,) * 3)
    panel = whole.with_columns(pl.when(pl.int_range(4800) == 800).then(hole).otherwise(pl.col(column)).alias(column))
    # when the factors are computed
    matrix, complete = factors_of_prices(panel), factors_of_prices(whole)
    # then it counts as missing as in the reference, nothing before changes, and nothing stays missing for good
    assert_agree(matrix, reference_factors(panel).to_numpy())
    np.testing.assert_array_equal(matrix[:800], complete[:800])
    assert not np.isnan(matrix[800 + LONGEST : 1600]).any()
    assert np.isnan(matrix[800]).any() == (column not in UNUSED)


def test_a_missing_volume_leaves_the_price_factors_alone() -> None:
    # given no volume and no turnover but for the market's sake
    matrix = factors_of_prices(make_panel((800,)).with_columns(volume=pl.lit(None, pl.Float64), turnover=np.nan))
    missing = {PRICE_NAMES[k] for k in np.flatnonzero(np.isnan(matrix[-1]))}
    reads = {factor.name: set(factor.expression.meta.root_names()) for factor in PRICE}
    assert missing == {name for name, columns in reads.items() if columns & {"volume", "turnover", "market_return"}}


def test_a_share_without_trades_has_a_turnover_of_zero_and_no_price_impact() -> None:
    matrix = compute_factors(make_panel((300,)).with_columns(volume=0.0, turnover=0.0))
    assert matrix[-1, FACTOR_NAMES.index("adv_20")] == 0.0
    assert np.isnan(matrix[-1, FACTOR_NAMES.index("amihud_21")])
    assert np.isnan(matrix[-1, FACTOR_NAMES.index("volume_z_20")])


def test_a_consolidation_left_unadjusted_leaves_no_trace_once_it_has_passed() -> None:
    # given a price that jumps by a million on row 300 of the first of five shares
    panel = make_panel((1600,) * 5)
    prices = pl.col("open", "high", "low", "close")
    jumped = panel.with_columns(pl.when(pl.int_range(8000) < 300).then(prices * 1e-6).otherwise(prices))
    plain = [k for k, name in enumerate(PRICE_NAMES) if not name.startswith(("macd", "rsi", "atr", "seasonality"))]
    # then the windows behind it are what they would have been; exponential averages remember, and past seasons
    np.testing.assert_allclose(
        factors_of_prices(jumped)[300 + LONGEST : 1600, plain],
        factors_of_prices(panel)[300 + LONGEST : 1600, plain],
        rtol=1e-5,
        atol=1e-9,
    )


def test_an_empty_panel_gives_an_empty_matrix() -> None:
    panel = make_panel((1,)).clear()
    assert compute_factors(panel).shape == (0, len(FACTOR_NAMES))
    assert market_return(panel).shape == (0,)


def test_warming_up_needs_no_data() -> None:
    warm_up()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda panel: panel.drop("turnover"), "lacks column 'turnover'"),
        (lambda panel: panel.cast({"session_date": pl.String}), "'session_date' is String with 0 missing"),
        (lambda panel: panel.cast({"security_id": pl.Float64}), "'security_id' is Float64 with 0 missing"),
        (lambda panel: panel.with_columns(pl.lit(None, pl.Date).alias("session_date")), "is Date with 5 missing"),
        (lambda panel: panel.reverse(), r"row 1 \(security_id 2\) is not after"),
        (lambda panel: pl.concat([panel, panel.tail(1)]), r"row 5 \(security_id 2\) is not after"),
        (lambda panel: panel.sort("session_date"), r"row 2 \(security_id 1\) is not after"),
    ],
    ids=[
        "column missing",
        "dates as text",
        "keys as fractions",
        "dates missing",
        "backwards",
        "row doubled",
        "by date",
    ],
)
def test_a_panel_that_cannot_be_used_is_refused_by_name(
    spoil: Callable[[pl.DataFrame], pl.DataFrame], message: str
) -> None:
    panel = make_panel((2, 3))
    for compute in (compute_factors, reference_factors, market_return):
        with pytest.raises(BadPanel, match=message):
            compute(spoil(panel))
