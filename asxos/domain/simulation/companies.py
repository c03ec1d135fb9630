"""What the companies of a simulated market publish: half-yearly figures, market values, short positions.

All of it is made of the company's past prices and dividends and of noise of its own, so it knows nothing of the future.
What it tells of returns is no more than what the planted signal leaves in past prices: earnings follow last year's
price, so a high earnings yield is low momentum, and it is the calm shares that earn. Short positions tell nothing.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.random import Generator

from asxos.domain.simulation.market import SimulatedMarket
from asxos.domain.simulation.signal import YEAR, Floats

FIRST, LEAST = 60, YEAR // 2
"""Sessions that a company's size and calm follow from, and those it has traded before it reports."""
EARNING_YIELD, YIELD_SPREAD, LOSS = 0.06, 0.35, -0.08
RESTLESS, LOSES = 0.025, 0.6
"""Daily volatility above which companies tend to make losses, and how many of them do."""
BOOK_TO_PRICE, BOOK_SPREAD, INTANGIBLE = 0.6, 0.4, 0.5
MEMORY, SURPRISE = 0.85, 0.3
"""Of earnings around their trend, from one half-year to the next, and their long-run deviation."""
DAYS_TO_REPORT = (40, 70)
SHARES_A_TRADED_ONE = 400.0
SHORTED, SHORT_MEMORY, SHORT_SPREAD, MOST_SHORTED = 0.012, 0.97, 0.8, 0.2
POSITION_EVERY = 5
"""Sessions."""
A_FEW_DAYS, A_YEAR = "10d", "365d"


@dataclass(frozen=True)
class SimulatedFacts:
    """As files of facts write them, A$ and fractions, in the shares of their day; missing is null.

    `figures`: symbol, as_of, published, market_cap, earnings_per_share, dividends_per_share, book_per_share,
    tangible_per_share, franking. `values`: symbol, as_of, market_cap; monthly. `shorts`: symbol, as_of, short_share,
    short_quantity; weekly.
    """

    figures: pl.DataFrame
    values: pl.DataFrame
    shorts: pl.DataFrame


def simulate_facts(seed: int, market: SimulatedMarket) -> SimulatedFacts:
    """What the companies of `market` published up to its end; the same for the same arguments."""
    rng = np.random.default_rng([seed, 1])
    bars = _prepared(market)
    companies = _companies(rng, bars)
    known = bars.filter(pl.col("age") >= FIRST).join(companies, on="symbol")
    paid = _paid(bars, market.actions)
    return SimulatedFacts(_figures(rng, known, companies, paid), _values(known), _shorts(rng, known, companies))


def _prepared(market: SimulatedMarket) -> pl.DataFrame:
    """Bars with `price` (adjusted for splits), `scale` (what adjusted it), `usual` (its mean of a year) and `age`."""
    factors = market.actions.filter(pl.col("factor").is_not_null()).group_by("symbol", session_date="ex_date")
    bars = market.bars.join(factors.agg(pl.col("factor").product()), on=["symbol", "session_date"], how="left")
    later = pl.col("factor").fill_null(1.0).cum_prod(reverse=True).shift(-1, fill_value=1.0).over("symbol")
    return (
        bars.sort("symbol", "session_date")
        .with_columns(scale=later, age=pl.int_range(pl.len()).over("symbol"))
        .with_columns(price=pl.col("close") * pl.col("scale"))
        .with_columns(usual=pl.col("price").rolling_mean(YEAR, min_samples=LEAST).over("symbol"))
    )


def _companies(rng: Generator, bars: pl.DataFrame) -> pl.DataFrame:
    """One row a company: `issued` shares, as many as there are after all splits, and what it is like."""
    price = pl.col("price")
    found = (
        bars.filter(pl.col("age") < FIRST)
        .group_by("symbol", maintain_order=True)
        .agg(
            restless=price.log().diff().std(),
            issued=(pl.col("close") * pl.col("volume")).median() / price.median() * SHARES_A_TRADED_ONE,
        )
        .with_row_index("company")
    )
    count = found.height
    loses = (found["restless"].to_numpy() > RESTLESS) & (rng.random(count) < LOSES)
    return found.with_columns(
        earning=pl.Series(np.where(loses, LOSS, EARNING_YIELD * np.exp(YIELD_SPREAD * rng.standard_normal(count)))),
        book=pl.Series(BOOK_TO_PRICE * np.exp(BOOK_SPREAD * rng.standard_normal(count))),
        tangible=pl.Series(1 - INTANGIBLE * rng.random(count)),
        shorted=pl.Series(SHORTED * np.exp(rng.standard_normal(count))),
    )


def _paid(bars: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """`symbol, session_date, paid, franked`: dividends since the beginning, in shares after all splits."""
    dividends = actions.filter(pl.col("kind") == "dividend").rename({"ex_date": "session_date"})
    rescaled = dividends.join(bars.select("symbol", "session_date", "scale"), on=["symbol", "session_date"])
    paid = (pl.col("amount") * pl.col("scale")).cum_sum().over("symbol")
    return rescaled.sort("symbol", "session_date").select("symbol", "session_date", paid=paid, franked="franked")


def _figures(rng: Generator, known: pl.DataFrame, companies: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Half-yearly figures of those still listed when they are due."""
    first, last = known["session_date"].min(), known["session_date"].max()
    days = _balance_days(first, last)  # pyright: ignore[reportArgumentType] # a column of dates
    shape = (len(days), companies.height)
    asked = pl.DataFrame(
        {
            "as_of": pl.Series(days, dtype=pl.Date).gather(np.repeat(np.arange(shape[0]), shape[1])),
            "symbol": pl.concat([companies["symbol"]] * shape[0]),
            "surprise": _persistent(rng, shape, MEMORY).ravel(),
            "days": rng.integers(*DAYS_TO_REPORT, shape).ravel(),
        }
    ).with_columns(published=pl.col("as_of") + pl.duration(days="days"))
    about = _on(asked, "as_of", known.drop("scale", "close"))
    then = _on(about, "published", known.select("symbol", "session_date", "scale", value="price"))
    year_before = _on(then.with_columns(before=pl.col("as_of").dt.offset_by(f"-{A_YEAR}")), "before", paid, None)
    whole = _on(year_before.rename({"paid": "paid_before"}).drop("franked"), "as_of", paid, None)
    earnings = pl.col("usual") * pl.col("earning") * (SURPRISE * pl.col("surprise")).exp()
    dividends = pl.col("paid") - pl.col("paid_before").fill_null(0.0)
    book = pl.col("usual") * pl.col("book")
    told = whole.filter(pl.col("published") <= last).drop_nulls(["usual", "value"])
    return told.select(
        "symbol",
        "as_of",
        "published",
        market_cap=(pl.col("issued") * pl.col("value")).round(),
        earnings_per_share=(earnings / pl.col("scale")).round(4),
        dividends_per_share=pl.when(dividends > 0).then(dividends / pl.col("scale")).round(4),
        book_per_share=(book / pl.col("scale")).round(4),
        tangible_per_share=(book * pl.col("tangible") / pl.col("scale")).round(4),
        franking=pl.when(dividends > 0).then("franked"),
    )


def _values(known: pl.DataFrame) -> pl.DataFrame:
    """Market capitalisations at the last close of each month."""
    monthly = known.group_by("symbol", month=pl.col("session_date").dt.truncate("1mo"), maintain_order=True).last()
    return monthly.select("symbol", as_of="session_date", market_cap=(pl.col("issued") * pl.col("price")).round())


def _shorts(rng: Generator, known: pl.DataFrame, companies: pl.DataFrame) -> pl.DataFrame:
    """Positions of every fifth session."""
    days = known["session_date"].unique().sort().gather_every(POSITION_EVERY)
    wander = _persistent(rng, (len(days), companies.height), SHORT_MEMORY)
    reported = known.join(days.to_frame().with_row_index("week"), on="session_date")
    places = reported["week"].to_numpy(), reported["company"].to_numpy()
    share = (reported["shorted"] * np.exp(SHORT_SPREAD * wander[places])).clip(upper_bound=MOST_SHORTED).round(6)
    return reported.select(
        "symbol",
        as_of="session_date",
        short_share=share,
        short_quantity=(share * pl.col("issued") * pl.col("scale")).round(),
    )


def _on(asked: pl.DataFrame, day: str, known: pl.DataFrame, within: str | None = A_FEW_DAYS) -> pl.DataFrame:
    """`asked` with the company's last row of `known` up to its `day`, no older than `within`."""
    found = asked.sort(day).join_asof(
        known.sort("session_date"),
        left_on=day,
        right_on="session_date",
        by="symbol",
        tolerance=within,
        check_sortedness=False,
    )
    return found.drop("session_date", strict=False)


def _balance_days(first: date, last: date) -> list[date]:
    days = [date(year, month, day) for year in range(first.year, last.year + 1) for month, day in ((6, 30), (12, 31))]
    return [day for day in days if first <= day <= last]


def _persistent(rng: Generator, shape: tuple[int, int], memory: float) -> Floats:
    """Stationary first-order autoregressions of unit variance, one a column."""
    state = rng.standard_normal(shape)
    for t in range(1, len(state)):
        state[t] = memory * state[t - 1] + np.sqrt(1 - memory**2) * state[t]
    return state
