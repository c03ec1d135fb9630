import time
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest

from asxos.domain.simulation import SimulatedMarket, TooFewSessions, simulate
from asxos.domain.simulation.names import SECTORS
from asxos.domain.simulation.trading import on_tick, tick

END = date(2026, 11, 20)
WEEKDAYS = [day for i in range(365 * 12) if (day := END - timedelta(days=i)).weekday() < 5]


@cache
def market(seed: int = 1, alpha: float = 0.05, years: float = 8) -> SimulatedMarket:
    return simulate(seed, 300, years, alpha, end=END, sessions=WEEKDAYS)


def digest(made: SimulatedMarket) -> tuple[int, ...]:
    frames = (made.bars, made.actions, made.securities)
    return tuple(int(frame.hash_rows(seed=0).cast(pl.UInt64).sum()) for frame in frames)


def adjusted(made: SimulatedMarket) -> pl.DataFrame:
    """Bars with open and close adjusted for splits and consolidations, as the market feature does it."""
    factors = made.actions.filter(pl.col("factor").is_not_null()).group_by("symbol", session_date="ex_date")
    bars = made.bars.join(factors.agg(pl.col("factor").product()), on=["symbol", "session_date"], how="left")
    later = pl.col("factor").fill_null(1.0).cum_prod(reverse=True).shift(-1, fill_value=1.0).over("symbol")
    return bars.sort("symbol", "session_date").with_columns(pl.col("open", "close") * later)


def mean_rank_ic(made: SimulatedMarket) -> float:
    """Mean Spearman correlation of the documented signal with the return from the next open over 21 sessions."""
    close, open_ = pl.col("close"), pl.col("open")
    returns = close.log() - close.log().shift(1)
    panel = adjusted(made).with_columns(
        momentum=(close.shift(21) / close.shift(252)).over("symbol"),
        volatility=returns.rolling_std(63).over("symbol"),
        reversal=(close / close.shift(5)).over("symbol"),
        forward=(pl.coalesce(open_.shift(-22), close.last()) / open_.shift(-1)).over("symbol"),
    )
    last = panel["session_date"].unique().sort()[-23]
    known = panel.filter(pl.col("session_date") <= last).drop_nulls(["momentum", "volatility", "reversal", "forward"])

    def rank(name: str) -> pl.Expr:
        return (pl.col(name).rank() / pl.len()).over("session_date")

    signal = 0.5 * rank("momentum") - 0.3 * rank("volatility") - 0.2 * rank("reversal")
    daily = known.with_columns(signal=signal).group_by("session_date")
    ic = daily.agg(pl.corr("signal", "forward", method="spearman").alias("ic"))["ic"].mean()
    assert isinstance(ic, float)
    return ic


@pytest.mark.parametrize("alpha", [0.0, 0.05, 0.1])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_planted_rank_ic_is_what_is_measured(seed: int, alpha: float) -> None:
    assert mean_rank_ic(market(seed, alpha)) == pytest.approx(alpha, abs=0.01)


def test_one_seed_always_gives_the_same_market_and_another_seed_another() -> None:
    once = digest(simulate(5, 40, 3, 0.05, end=END, sessions=WEEKDAYS))
    assert once == digest(simulate(5, 40, 3, 0.05, end=END, sessions=WEEKDAYS))
    assert once != digest(simulate(6, 40, 3, 0.05, end=END, sessions=WEEKDAYS))


def test_300_shares_over_ten_years_take_under_three_seconds_of_processor_time() -> None:
    started = time.thread_time()
    made = simulate(1, 300, 10, 0.05, end=END, sessions=WEEKDAYS)
    assert time.thread_time() - started < 3
    assert made.bars.height > 500_000


def test_every_bar_is_sound_and_on_the_ticks() -> None:
    bars = market().bars
    assert bars.select("symbol", "session_date").is_duplicated().any() is False
    top, bottom = pl.max_horizontal("open", "close"), pl.min_horizontal("open", "close")
    assert bars.filter((pl.col("high") < top) | (pl.col("low") > bottom) | (pl.col("low") <= 0)).is_empty()
    for name in ("open", "high", "low", "close"):
        traded = bars.filter(pl.col("volume") > 0)[name].to_numpy()
        steps = traded / tick(traded)
        assert np.abs(steps - steps.round()).max() < 1e-6


def test_prices_land_on_the_asx_steps() -> None:
    # ASX price steps: 0.001 under 0.10, 0.005 under 2.00, 0.01 above
    assert on_tick(np.array([0.0834, 0.1234, 1.9987, 2.004, 0.0001])).tolist() == [0.083, 0.125, 2.0, 2.0, 0.001]


def test_shares_come_and_go_over_time() -> None:
    securities = market().securities
    first = market().bars["session_date"].min()
    assert securities.filter(pl.col("listed_on") > first).height > 50
    gone = securities.drop_nulls("delisted_on")
    assert gone.height > 20
    last = market().bars.group_by("symbol").agg(pl.col("session_date").max())
    assert gone.join(last, on="symbol").filter(pl.col("session_date") >= pl.col("delisted_on")).is_empty()


def test_some_delisted_shares_failed_and_some_were_bought() -> None:
    gone = market().securities.drop_nulls("delisted_on")["symbol"]
    ends = adjusted(market()).filter(pl.col("symbol").is_in(gone.implode())).group_by("symbol")
    change = ends.agg(change=pl.col("close").last() / pl.col("close").tail(80).first() - 1)["change"]
    assert (change < -0.3).sum() >= 3
    assert (change > 0.1).sum() >= 3


def test_small_shares_have_days_without_a_trade_that_repeat_the_last_price() -> None:
    still = pl.col("volume") == 0
    bars = market().bars.filter(still)
    assert 0.001 < bars.height / market().bars.height < 0.05
    assert bars.filter((pl.col("open") != pl.col("close")) | (pl.col("high") != pl.col("low"))).is_empty()


def test_volume_rises_with_the_size_of_the_move() -> None:
    bars = (
        market()
        .bars.filter(pl.col("volume") > 0)
        .with_columns(
            move=(pl.col("close").log().diff().abs()).over("symbol"),
            busy=(pl.col("volume").log() - pl.col("volume").log().rolling_mean(60)).over("symbol"),
        )
    )
    assert bars.drop_nulls().select(pl.corr("move", "busy", method="spearman")).item() > 0.15


def test_returns_have_fat_tails_and_clustered_volatility() -> None:
    returns = adjusted(market()).select("symbol", r=pl.col("close").log().diff().over("symbol")).drop_nulls()
    scaled = returns.with_columns((pl.col("r") / pl.col("r").std()).over("symbol"))
    assert scaled.select(pl.col("r").kurtosis()).item() > 2
    lagged = scaled.with_columns(pl.col("r").abs(), before=pl.col("r").abs().shift(10).over("symbol")).drop_nulls()
    assert lagged.select(pl.corr("r", "before")).item() > 0.05


def test_splits_and_consolidations_explain_every_jump_of_their_size() -> None:
    actions = market().actions.filter(pl.col("kind") != "dividend")
    assert set(actions["kind"]) == {"split", "consolidation"}
    bars = market().bars.with_columns(before=pl.col("close").shift(1).over("symbol"))
    at_event = actions.join(bars, left_on=["symbol", "ex_date"], right_on=["symbol", "session_date"])
    move = (at_event["close"] / at_event["before"] / at_event["factor"]).log().abs()
    assert (move < 0.5).all()


def test_dividends_are_half_yearly_franked_and_taken_off_the_price() -> None:
    dividends = market().actions.filter(pl.col("kind") == "dividend")
    assert dividends["franked"].is_between(0, 1).all()
    gaps = dividends.select(pl.col("ex_date").diff().over("symbol").dt.total_days()).to_series().drop_nulls()
    assert (gaps > 150).all()
    bars = market().bars.with_columns(before=pl.col("close").shift(1).over("symbol"))
    ex = dividends.join(bars, left_on=["symbol", "ex_date"], right_on=["symbol", "session_date"])
    drop, paid = ex.select(
        (pl.col("open") / pl.col("before") - 1).mean(), (pl.col("amount") / pl.col("before")).mean()
    ).row(0)
    assert drop == pytest.approx(-paid, abs=0.003)


def test_every_share_has_one_of_the_eleven_sectors_and_a_name_of_its_own() -> None:
    securities = market().securities
    assert set(securities["sector"]) == set(SECTORS)
    assert len(SECTORS) == 11
    assert securities["symbol"].is_unique().all()
    assert securities["name"].is_unique().all()


def test_a_calendar_that_does_not_reach_is_refused() -> None:
    with pytest.raises(TooFewSessions, match="hold 1 sessions"):
        simulate(1, 5, 1, 0, end=END, sessions=[END])
