"""Factors of a share beside the others of its date: what was asked for of a date is the market it is compared with."""

import polars as pl

from asxos.domain.factors.factor import Factor, Group

_GRINBLATT = "Moskowitz and Grinblatt (1999)"


def less_median(name: str) -> pl.Expr:
    """The factor less its median on the date."""
    return pl.col(name) - pl.col(name).median().over("session_date")


RELATIVE: tuple[Factor, ...] = (
    Factor(
        "momentum_1m_market", "momentum_1m - its median on the date", "fraction", _GRINBLATT,
        "last month's return against the market's", less_median("momentum_1m"),
    ),
    Factor(
        "momentum_12_1_market", "momentum_12_1 - its median on the date", "fraction", _GRINBLATT,
        "12-month momentum against the market's", less_median("momentum_12_1"),
    ),
)  # fmt: skip


def relative_columns(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of RELATIVE for the asked-for rows."""
    return rows.select(factor.expression.alias(factor.name) for factor in RELATIVE)


GROUP = Group(RELATIVE, relative_columns, reads=("momentum_1m", "momentum_12_1"))
