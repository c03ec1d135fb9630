"""What can be wrong with a bar on its own, and which bars of a series are doubled or merely repeated."""

from datetime import datetime

import polars as pl

from asxos.domain.bars.reasons import Reason
from asxos.domain.calendar import FinalInstants

# Price indices found among the codes of share files; they are not shares and cannot be traded.
INDEX_CODES = frozenset(
    f"{code}.AX"
    for code in (
        *("XAO", "XJO", "XKO", "XTO", "XFL", "XTL", "XSO", "XMD", "XEJ", "XMJ", "XNJ", "XDJ", "XSJ", "XHJ"),
        *("XFJ", "XIJ", "XTJ", "XUJ", "XPJ", "XXJ", "XGD", "XMM", "XJR", "XJT", "XAOA", "XJOA", "XPK", "XVI"),
    )
)

STALE_SESSIONS = 20
PRICES = ("open", "high", "low", "close")


def split_faulty(bars: pl.DataFrame, final: FinalInstants, now: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The good bars and the faulty ones, both with `final_at` (null for no session), the faulty with `reason`.

    Args: bars: a Bars frame. A bar is told one fault: the first that holds, in the order of `_faults`.
    """
    bars = bars.with_columns(final.of(bars["session_date"]))
    is_good = (
        (pl.col("low") > 0)
        & pl.col("open").is_between("low", "high")
        & pl.col("close").is_between("low", "high")
        & (pl.col("volume") >= 0)
        & (pl.col("final_at") <= now)
        & ~pl.col("symbol").is_in(sorted(INDEX_CODES))
    )
    # Finding that nothing is wrong is four times cheaper than finding what is, and nearly every bar is good.
    good = bars.select(is_good.fill_null(value=False)).to_series()
    if good.all():
        return bars, bars.clear().with_columns(reason=pl.lit(None, pl.String))
    return bars.filter(good), bars.filter(~good).with_columns(_reason(now).alias("reason"))


def _reason(now: datetime) -> pl.Expr:
    return pl.coalesce(*[pl.when(holds).then(pl.lit(reason.value)) for reason, holds in _faults(now).items()])


def _faults(now: datetime) -> dict[Reason, pl.Expr]:
    open_, high, low, close = (pl.col(name) for name in PRICES)
    return {
        Reason.MALFORMED_CODE: pl.col("symbol").is_null(),
        Reason.INDEX_CODE: pl.col("symbol").is_in(sorted(INDEX_CODES)),
        Reason.PRICE_MISSING: pl.any_horizontal(pl.col(name).is_null() | pl.col(name).is_nan() for name in PRICES),
        Reason.PRICE_NOT_POSITIVE: pl.min_horizontal(*PRICES) <= 0,
        Reason.VOLUME_MISSING: pl.col("volume").is_null(),
        Reason.VOLUME_NEGATIVE: pl.col("volume") < 0,
        Reason.HIGH_BELOW_LOW: high < low,
        Reason.CLOSE_OUTSIDE_RANGE: (close < low) | (close > high),
        Reason.OPEN_OUTSIDE_RANGE: (open_ < low) | (open_ > high),
        Reason.NO_SESSION: pl.col("final_at").is_null(),
        Reason.NOT_FINAL: pl.col("final_at") > now,
    }


def delivered() -> pl.Expr:
    """The bar in words, for a person who asks what was wrong with it."""
    return pl.format(
        "open {} high {} low {} close {} volume {} on {}",
        *[pl.col(name).cast(pl.String).fill_null("missing") for name in (*PRICES, "volume", "session_date")],
    )


def split_doubles(series: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One bar a security and session, and those that contradict it; identical copies are dropped.

    Args: series: sorted by (security_id, session_date), later lines later. The first of equals stands.
    """
    key, values = ("security_id", "session_date"), (*PRICES, "volume")
    is_repeat = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in key).fill_null(value=False)
    repeats = series.select(is_repeat.alias("is_repeat")).to_series()
    if not repeats.any():
        return series, series.clear()
    kept, repeated = series.filter(~repeats), series.filter(repeats)
    differs = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_kept") for name in values)
    conflicts = repeated.join(kept.select(*key, *values), on=key, suffix="_kept", maintain_order="left").filter(differs)
    return kept, conflicts.select(series.columns)


def find_stale(series: pl.DataFrame) -> pl.Series:
    """Which rows are past the 20th session in a row without a trade and with one and the same close.

    Args: series: sorted by (security_id, session_date), with close and volume. A vendor fills a suspended share forward
    so; the first twenty may be real quiet days.
    """
    row = pl.int_range(pl.len())
    is_new = (pl.col("security_id") != pl.col("security_id").shift(1)) | (pl.col("close") != pl.col("close").shift(1))
    has_news = is_new.fill_null(value=True) | (pl.col("volume") != 0)
    # The row with the news is not one of the quiet ones, unless it did not trade itself.
    first_quiet = pl.when(has_news).then(row + (pl.col("volume") != 0).cast(pl.Int64)).forward_fill()
    return series.select((row - first_quiet >= STALE_SESSIONS).alias("is_stale")).to_series()
