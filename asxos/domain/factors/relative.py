"""Factors of a share beside the others of its date: what was asked for of a date is the market it is compared with."""

import polars as pl

from asxos.domain.factors.factor import Factor, Group
from asxos.domain.facts import Facts, sectors_on

LEAST_SECTOR = 5
"""Shares of a sector whose value is known on the date, for a place among them to mean something."""

_SECTOR = ("session_date", "sector")
_GRINBLATT = "Moskowitz and Grinblatt (1999)"


def less_median(name: str) -> pl.Expr:
    """The factor less its median on the date."""
    return pl.col(name) - pl.col(name).median().over("session_date")


def rank_in_sector(name: str) -> pl.Expr:
    """The factor's rank within the sector on the date, in (-0.5, 0.5); ties share their mean."""
    value = pl.col(name)
    place = (value.rank() - 0.5) / value.count() - 0.5
    known = pl.col("sector").is_not_null() & (value.count().over(_SECTOR) >= LEAST_SECTOR)
    return pl.when(known).then(place.over(_SECTOR))


RELATIVE: tuple[Factor, ...] = (
    Factor(
        "momentum_1m_market", "momentum_1m - its median on the date", "fraction", _GRINBLATT,
        "last month's return against the market's", less_median("momentum_1m"),
    ),
    Factor(
        "momentum_12_1_market", "momentum_12_1 - its median on the date", "fraction", _GRINBLATT,
        "12-month momentum against the market's", less_median("momentum_12_1"),
    ),
    Factor(
        "momentum_12_1_sector_rank", "rank of momentum_12_1 in its sector on the date, of at least 5 known",
        "-0.5 to 0.5", _GRINBLATT, "12-month momentum among its sector", rank_in_sector("momentum_12_1"),
    ),
)  # fmt: skip


def relative_columns(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The columns of RELATIVE for the asked-for rows."""
    placed = rows.with_columns(sector=sectors_on(rows, facts.sectors))
    return placed.select(factor.expression.alias(factor.name) for factor in RELATIVE)


GROUP = Group(RELATIVE, relative_columns, reads=("momentum_1m", "momentum_12_1"))
