"""Factors of series so plain that their values can be worked out on paper."""

import numpy as np
import polars as pl
import pytest

from asxos.domain.factors import FACTOR_NAMES, market_return
from asxos.domain.factors.compute import compute_factors
from tests.domain.factors.panels import make_panel


def last_values(panel: pl.DataFrame) -> dict[str, float]:
    return dict(zip(FACTOR_NAMES, compute_factors(panel)[-1].tolist(), strict=True))


def steady_growth(rows: int, rate: float) -> pl.DataFrame:
    """A close that grows by `rate` every session, high 1 % above, low 1 % below, A$ 1 million traded a day."""
    close = np.power(1 + rate, np.arange(rows))
    return make_panel((rows,)).with_columns(
        close=close, high=close * 1.01, low=close * 0.99, volume=pl.Series(1e6 / close), turnover=pl.lit(1e6)
    )


def test_steady_growth_of_one_per_mille_gives_the_values_of_the_formulas() -> None:
    # given 300 sessions of +0.1 %
    g = 1.001
    factors = last_values(steady_growth(300, 0.001))
    # then, from the geometric series
    mean_50 = (1 - g**-50) / (50 * (1 - 1 / g))
    expected = {
        "momentum_1m": g**21 - 1,
        "momentum_3m": g**63 - 1,
        "momentum_6m": g**126 - 1,
        "momentum_9m": g**189 - 1,
        "momentum_12_1": g**231 - 1,
        "max_return_21": 0.001,
        "rsi_14": 100.0,
        "volatility_252": 0.0,
        "sma_50_ratio": 1 / mean_50 - 1,
        "sma_50_slope": g**20 - 1,
        "sma_200_slope": g**20 - 1,
        "adv_20": 1e6,
        "distance_52w_high": 1 / 1.01 - 1,
        "drawdown_252": 0.0,
        "amihud_21": 0.001,
    }
    assert {name: factors[name] for name in expected} == pytest.approx(expected, rel=1e-5, abs=1e-7)


def test_the_drawdown_counts_only_falls_whose_peak_lies_in_the_window() -> None:
    # given a fall from 4 to 1, a rise to 2 and a fall to 1.5, flat around
    close = np.array([4.0] + [1.0] * 100 + [2.0] * 100 + [1.5] * 100)
    drawdown = compute_factors(make_panel((301,)).with_columns(close=close))[:, FACTOR_NAMES.index("drawdown_252")]
    # then 75 % as long as the peak of 4 is among 252 sessions, 25 % after
    assert drawdown[251] == pytest.approx(-0.75)
    assert drawdown[252] == pytest.approx(-0.25)


def test_the_market_return_weighs_by_turnover() -> None:
    # given +10 % on A$ 300 and -2 % on A$ 100, before the tails are pulled in by 1 % of their distance
    panel = pl.concat(
        [
            make_panel((2,)).with_columns(close=pl.Series([1.0, 1.1]), turnover=pl.lit(300.0)),
            make_panel((2,)).with_columns(
                security_id=pl.lit(2, pl.Int32), close=pl.Series([1.0, 0.98]), turnover=pl.lit(100.0)
            ),
        ]
    )
    market = market_return(panel)
    # then the first session has no return, the second (3 x 9.88 % - 1.88 %) / 4 on both rows
    assert np.isnan(market[[0, 2]]).all()
    assert market[[1, 3]] == pytest.approx((3 * 0.0988 - 0.0188) / 4)


def test_one_misprint_among_many_shares_hardly_moves_the_market() -> None:
    # given 200 shares that did not move and one a hundred times its price
    still = make_panel((2,) * 201).with_columns(close=1.0, turnover=1.0)
    wild = pl.when((pl.col("security_id") == 7) & (pl.col("session_date").dt.day() == 2)).then(100.0).otherwise(1.0)
    assert np.nanmax(market_return(still.with_columns(close=wild))) == pytest.approx(0.0, abs=1e-12)


def test_the_market_has_no_return_on_a_day_without_trades() -> None:
    assert np.isnan(market_return(make_panel((5, 5)).with_columns(turnover=0.0))).all()


def test_a_share_that_is_the_market_has_a_beta_of_one() -> None:
    panel = make_panel((300,)).with_columns(turnover=1.0)
    assert last_values(panel)["beta_252"] == pytest.approx(1.0, abs=1e-6)


def test_illiquidity_needs_ten_traded_sessions() -> None:
    # given trades on nine of 21 sessions, then on ten
    amihud = FACTOR_NAMES.index("amihud_21")
    panel = make_panel((31,)).with_columns(turnover=1.0)
    nine = panel.with_columns(turnover=pl.when(pl.int_range(31) > 21).then(1.0).otherwise(0.0))
    ten = panel.with_columns(turnover=pl.when(pl.int_range(31) > 20).then(1.0).otherwise(0.0))
    assert np.isnan(compute_factors(nine)[-1, amihud])
    assert not np.isnan(compute_factors(ten)[-1, amihud])
