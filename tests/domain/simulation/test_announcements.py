"""What simulated companies tell agrees with what happens to them, and foretells nothing."""

from datetime import timedelta

import numpy as np
import polars as pl

from asxos.domain.facts import session_known
from asxos.domain.simulation import simulate
from asxos.domain.text.headlines import read_headlines
from asxos.domain.text.kinds import Kind
from tests.domain.simulation.test_simulation import END, WEEKDAYS, adjusted, market

MARKET = market(seed=2)
TOLD = MARKET.announcements.hstack(read_headlines(MARKET.announcements["headline"])).with_columns(
    session_date=session_known(pl.col("known_at"))
)


def of(kind: Kind) -> pl.DataFrame:
    return TOLD.filter(pl.col("kind") == kind)


def test_one_seed_always_tells_the_same_and_a_company_lodges_about_25_times_a_year() -> None:
    again = simulate(5, 40, 3, 0.05, end=END, sessions=WEEKDAYS).announcements
    assert again.equals(simulate(5, 40, 3, 0.05, end=END, sessions=WEEKDAYS).announcements)
    assert not again.equals(simulate(6, 40, 3, 0.05, end=END, sessions=WEEKDAYS).announcements)
    assert 20 < TOLD.height / (MARKET.bars.height / 252) < 40


def test_no_headline_is_of_an_unknown_kind_and_those_that_halt_are_marked() -> None:
    assert of(Kind.OTHER).is_empty()
    assert of(Kind.TRADING_HALT)["is_price_sensitive"].all()
    assert not of(Kind.DIRECTOR_TRADE)["is_price_sensitive"].any()


def test_a_share_tells_only_while_it_is_listed() -> None:
    lives = TOLD.join(MARKET.securities, on="symbol")
    lodged = pl.col("known_at").dt.convert_time_zone("Australia/Sydney").dt.date()
    assert lives.filter((lodged < pl.col("listed_on")) | (lodged >= pl.col("delisted_on"))).is_empty()


def test_every_dividend_is_announced_15_sessions_before_its_ex_date() -> None:
    days = MARKET.bars.select(day=pl.col("session_date").unique().sort()).with_row_index("number")
    ex_dates = MARKET.actions.filter(pl.col("kind") == "dividend").join(days, left_on="ex_date", right_on="day")
    notices = of(Kind.DIVIDEND).with_columns(day=pl.col("known_at").dt.convert_time_zone("Australia/Sydney").dt.date())
    told = notices.join(days, on="day").select("symbol", number=pl.col("number") + 15)
    # then all are, but those of shares that were not yet listed
    listed = MARKET.securities.join(days, left_on="listed_on", right_on="day").select("symbol", first="number")
    due = ex_dates.join(listed, on="symbol").filter(pl.col("number") >= pl.col("first") + 15)
    assert due.height > 1_000
    assert due.select("symbol", "number").sort(pl.all()).equals(told.sort(pl.all()))


def test_an_end_is_told_on_its_day_and_not_before() -> None:
    last_bars = MARKET.bars.group_by("symbol").agg(last=pl.col("session_date").max())
    ended = MARKET.securities.filter(pl.col("delisted_on").is_not_null()).join(last_bars, on="symbol")
    failed = of(Kind.SUSPENSION).join(ended, on="symbol", how="left")
    assert (failed["session_date"] == failed["last"]).all()
    bids = of(Kind.TAKEOVER).filter(pl.col("headline").str.contains("offer"))
    assert failed.height + bids.height == ended.height
    assert min(failed.height, bids.height) > 10
    # the bid is told before the session on which the price jumps to it
    bars = adjusted(MARKET).with_columns(jump=(pl.col("close") / pl.col("close").shift(1) - 1).over("symbol"))
    assert bids.join(bars, on=["symbol", "session_date"])["jump"].median() > 0.2  # pyright: ignore[reportOptionalOperand, reportOperatorIssue]


def tone_and_returns() -> pl.DataFrame:
    """The tone of each share and session with words, the session's own return and that of the 21 sessions after."""
    close, open_ = pl.col("close"), pl.col("open")
    bars = adjusted(market(seed=2, alpha=0.0)).with_columns(
        now=(close / close.shift(1) - 1).over("symbol"),
        later=(close.shift(-22) / open_.shift(-1) - 1).over("symbol"),
    )
    noise = market(seed=2, alpha=0.0).announcements
    told = noise.hstack(read_headlines(noise["headline"])).with_columns(session_date=session_known(pl.col("known_at")))
    return told.drop_nulls("tone").join(bars, on=["symbol", "session_date"]).drop_nulls(["now", "later"])


def test_words_go_with_the_return_of_their_own_session_and_with_none_after_it() -> None:
    found = tone_and_returns()
    with_now, with_later = (found.select(pl.corr("tone", name, method="spearman")).item() for name in ("now", "later"))
    assert with_now > 0.25
    # a correlation of chance among n pairs has a standard error of 1 / sqrt(n)
    assert abs(with_later) < 3 / np.sqrt(found.height)


def test_what_is_marked_is_told_before_the_open() -> None:
    local = TOLD.filter("is_price_sensitive")["known_at"].dt.convert_time_zone("Australia/Sydney")
    since_midnight = local - local.dt.truncate("1d")
    assert since_midnight.max() < timedelta(hours=10)  # pyright: ignore[reportOptionalOperand, reportOperatorIssue]
    assert since_midnight.min() == timedelta(hours=7, minutes=30)
