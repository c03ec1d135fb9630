"""Factors of what is sold short, by the day ASIC published it."""

from datetime import timedelta

import polars as pl

from asxos.domain.factors.factor import Factor, Group
from asxos.domain.facts import Facts, as_known

# Positions are published daily: after two weeks without one the share is no longer reported, or the source ended.
SHORT_AGE = timedelta(days=14)
MONTH = 30
"""Days."""

SHORT_INTEREST: tuple[Factor, ...] = (
    Factor(
        "short_interest", "part of the issued shares that is sold short", "fraction",
        "Boehmer, Jones and Zhang (2008)", "part of its shares sold short", pl.col("short_share"),
    ),
    Factor(
        "short_interest_change_1m", "short_interest - that known 30 days before", "fraction",
        "Diether, Lee and Werner (2009)", "change of what is sold short over a month",
        pl.col("short_share") - pl.col("short_share_before"),
    ),
    Factor(
        "days_to_cover", "value of the shares sold short / median turnover of 20 sessions", "sessions",
        "Hong, Li, Ni, Scheinkman and Yan (2015)", "days of trading to buy back what is sold short",
        pl.col("short_quantity") * pl.col("close") / pl.when(pl.col("adv_20") > 0).then("adv_20"),
    ),
)  # fmt: skip


def short_columns(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The columns of SHORT_INTEREST for the asked-for rows, which have `adv_20`."""
    if facts.shorts.is_empty():
        return rows.select(pl.lit(None, pl.Float32).alias(factor.name) for factor in SHORT_INTEREST)
    earlier = rows.select("security_id", pl.col("session_date").dt.offset_by(f"-{MONTH}d"))
    before = as_known(earlier, facts.shorts, SHORT_AGE)
    prepared = pl.concat(
        [
            rows.select("close", "adv_20"),
            as_known(rows, facts.shorts, SHORT_AGE).drop("known_on"),
            before.select(short_share_before="short_share"),
        ],
        how="horizontal",
    )
    return prepared.select(factor.expression.alias(factor.name) for factor in SHORT_INTEREST)


GROUP = Group(SHORT_INTEREST, short_columns, reads=("adv_20",))
