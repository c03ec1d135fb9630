"""Factors of what companies publish: value, size, quality, growth and franking, by the day of publication only."""

from datetime import timedelta

import polars as pl

from asxos.domain.factors.factor import Factor, Group
from asxos.domain.facts import CREDIT, Facts, as_known

# Companies report half-yearly and within two months: what is older than eight was not followed up, so it is missing.
REPORT_AGE = timedelta(days=245)
# A market value moves with the price; of an older one nothing is left but the order of magnitude.
VALUE_AGE = timedelta(days=92)
QUARTER, HALF, YEAR, THREE_HALVES = 91, 182, 365, 547
"""Days before the session, for what was known then."""

_REPORTED = ("earnings_per_share", "dividends_per_share", "book_per_share", "tangible_per_share", "franking")
_CLOSE = pl.col("close")


def _positive(name: str) -> pl.Expr:
    """The column where it is above zero, for whatever divides."""
    return pl.when(pl.col(name) > 0).then(pl.col(name))


def _to_price(name: str) -> pl.Expr:
    return pl.col(name) / _positive("close")


def _ago(name: str, days: int) -> pl.Expr:
    """What was known `days` before."""
    return pl.col(f"{name}_{days}")


def _credited() -> pl.Expr:
    """The dividend with its franking credit."""
    return pl.col("dividends_per_share") * (1 + pl.col("franking") * CREDIT)


def _steadiness() -> pl.Expr:
    """Mean over deviation of earnings as known now and at three half-years before; missing if they never changed."""
    known = [pl.col("earnings_per_share"), *(_ago("earnings_per_share", days) for days in (HALF, YEAR, THREE_HALVES))]
    mean = pl.sum_horizontal(known, ignore_nulls=False) / len(known)
    variance = pl.sum_horizontal([(value - mean) ** 2 for value in known], ignore_nulls=False) / (len(known) - 1)
    return pl.when(variance > 1e-12 * mean**2).then(mean / variance.sqrt())


_BASU = "Basu (1977)"
_FAMA = "Fama and French (1992)"
_LAKONISHOK = "Lakonishok, Shleifer and Vishny (1994)"

FUNDAMENTAL: tuple[Factor, ...] = (
    Factor(
        "earnings_yield", "earnings a share of the last twelve months / close", "fraction", _BASU,
        "earnings for the price", _to_price("earnings_per_share"),
    ),
    Factor(
        "book_to_price", "book value a share / close", "fraction", _FAMA,
        "book value for the price", _to_price("book_per_share"),
    ),
    Factor(
        "tangible_to_price", "net tangible assets a share / close", "fraction", _FAMA,
        "tangible assets for the price", _to_price("tangible_per_share"),
    ),
    Factor(
        "dividend_yield", "dividends a share of the last twelve months / close", "fraction",
        "Litzenberger and Ramaswamy (1979)", "dividend for the price", _to_price("dividends_per_share"),
    ),
    Factor(
        "gross_dividend_yield", "dividend_yield x (1 + franked part x 0.30 / 0.70)", "fraction",
        "Cannavan, Finn and Gray (2004)", "dividend with its franking credit for the price",
        _credited() / _positive("close"),
    ),
    Factor(
        "franking", "franked part of the dividends", "fraction", "Monkhouse (1996)",
        "how far its dividends are franked", pl.col("franking"),
    ),
    Factor(
        "log_market_cap", "log of the market capitalisation, at most a quarter old", "log A$", "Banz (1981)",
        "size of the company", _positive("market_cap").log(),
    ),
    Factor(
        "return_on_equity", "earnings / book value, a share; net tangible assets where that is not known; if above 0",
        "fraction", "Hou, Xue and Zhang (2015)", "earnings on its shareholders' money",
        pl.col("earnings_per_share") / pl.coalesce(_positive("book_per_share"), _positive("tangible_per_share")),
    ),
    Factor(
        "payout", "dividends / earnings, a share; of earnings above 0", "fraction", "Arnott and Asness (2003)",
        "part of the earnings paid out", pl.col("dividends_per_share") / _positive("earnings_per_share"),
    ),
    Factor(
        "earnings_steadiness", "mean / sd of the earnings a share known now and 182, 365 and 547 days before", "ratio",
        "Dichev and Tang (2009)", "steadiness of its earnings", _steadiness(),
    ),
    Factor(
        "earnings_growth_1y", "(earnings a share - those known 365 days before) / close", "fraction", _LAKONISHOK,
        "earnings gained over a year, for the price",
        (pl.col("earnings_per_share") - _ago("earnings_per_share", YEAR)) / _positive("close"),
    ),
    Factor(
        "earnings_change_3m", "(earnings a share - those known 91 days before) / close", "fraction",
        "Bernard and Thomas (1989)", "latest change of its earnings, for the price",
        (pl.col("earnings_per_share") - _ago("earnings_per_share", QUARTER)) / _positive("close"),
    ),
    Factor(
        "dividend_growth_1y", "dividends a share / those known 365 days before - 1; of both above 0", "fraction",
        "Michaely, Thaler and Womack (1995)", "growth of its dividends over a year",
        pl.col("dividends_per_share") / _positive(f"dividends_per_share_{YEAR}") - 1,
    ),
)  # fmt: skip


def fundamental_columns(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The columns of FUNDAMENTAL for the asked-for rows."""
    if facts.fundamentals.is_empty():
        return rows.select(pl.lit(None, pl.Float32).alias(factor.name) for factor in FUNDAMENTAL)
    told = facts.fundamentals.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in _REPORTED))
    valued = facts.fundamentals.select("security_id", "known_at", "market_cap").drop_nulls()
    known = [
        as_known(rows, told.drop("market_cap"), REPORT_AGE),
        as_known(rows, valued, VALUE_AGE),
        *(_before(rows, told, days) for days in (QUARTER, HALF, YEAR, THREE_HALVES)),
    ]
    prepared = pl.concat([rows.select("close"), *(frame.drop("known_on") for frame in known)], how="horizontal")
    return prepared.select(factor.expression.alias(factor.name) for factor in FUNDAMENTAL)


def _before(rows: pl.DataFrame, told: pl.DataFrame, days: int) -> pl.DataFrame:
    """Earnings and dividends as known `days` before each row, named so."""
    earlier = rows.select("security_id", pl.col("session_date").dt.offset_by(f"-{days}d"))
    amounts = told.select("security_id", "known_at", "earnings_per_share", "dividends_per_share")
    found = as_known(earlier, amounts, REPORT_AGE)
    return found.rename({name: f"{name}_{days}" for name in ("earnings_per_share", "dividends_per_share")})


GROUP = Group(FUNDAMENTAL, fundamental_columns)
