"""Facts per share carried to the shares that the panel's adjusted prices are of, so that no split bends a ratio."""

from dataclasses import replace

import polars as pl

from asxos.domain.facts import Facts, latest_on, session_known

A_SHARE = ("earnings_per_share", "dividends_per_share", "book_per_share", "tangible_per_share")

# Adjusting multiplies; a smaller change of the ratio is only the noise of binary fractions.
LEAST_STEP = 1e-9


def in_shares_of(panel: pl.DataFrame, facts: Facts) -> Facts:
    """The facts in the panel's shares: amounts a share times, counts of shares over, the adjustment of their day.

    The adjustment, `close` over `raw_close`, is that of the security's last row up to the day a fact was known; of its
    first row before that; 1 where the panel has neither the security nor `raw_close`. It depends on splits between
    that day and the panel's end, as the panel's own prices do.
    """
    if "raw_close" not in panel.columns:
        return facts
    steps = _steps(panel)
    if (steps["scale"] == 1).all():
        return facts
    amounts = pl.col(A_SHARE) * _scale(facts.fundamentals, steps)
    counts = pl.col("short_quantity") / _scale(facts.shorts, steps)
    return replace(
        facts, fundamentals=facts.fundamentals.with_columns(amounts), shorts=facts.shorts.with_columns(counts)
    )


def _steps(panel: pl.DataFrame) -> pl.DataFrame:
    """`security_id, since, scale` wherever a security's adjustment begins or changes."""
    scales = panel.select("security_id", "session_date", scale=pl.col("close") / pl.col("raw_close"))
    is_first = (pl.col("security_id") != pl.col("security_id").shift(1)).fill_null(value=True)
    is_step = (pl.col("scale") / pl.col("scale").shift(1) - 1).abs() > LEAST_STEP
    since = pl.when(is_first).then(pl.date(1, 1, 1)).otherwise("session_date")
    return scales.with_columns(since=since).filter(is_first | is_step).drop("session_date")


def _scale(facts: pl.DataFrame, steps: pl.DataFrame) -> pl.Series:
    """The adjustment of each fact's security on the day it was known; shape (n_facts,)."""
    rows = facts.select("security_id", session_date=session_known(pl.col("known_at")))
    return latest_on(rows, steps.sort("since"), "since")["scale"].fill_null(1.0)
