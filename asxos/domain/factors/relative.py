"""Factors of a share beside the others of its date: what was asked for of a date is the market it is compared with.

Sectors are dated. A sector counts where at least LEAST_SECTOR of its shares have the value; below that, and for a share
without a sector, what is relative to it is missing.
"""

import polars as pl

from asxos.domain.factors.factor import Factor, Group
from asxos.domain.factors.price import PRICE, PRICE_NAMES
from asxos.domain.facts import Facts, sectors_on

LEAST_SECTOR = 5

_DATE, _SECTOR = "session_date", ("session_date", "sector")
_WORDS = {factor.name: factor.words for factor in PRICE}
_GRINBLATT = "Moskowitz and Grinblatt (1999)"
_ASNESS = "Asness, Porter and Stevens (2000)"
_GU = "Gu, Kelly and Xiu (2020)"


def median(name: str) -> pl.Expr:
    """The middle of the known values."""
    return pl.col(name).median()


def rank(name: str) -> pl.Expr:
    """The place among the known values, in (-0.5, 0.5); ties share their mean."""
    return (pl.col(name).rank() - 0.5) / pl.col(name).count() - 0.5


def in_sector(name: str, value: pl.Expr) -> pl.Expr:
    """`value` within the row's sector on its date, where the sector counts."""
    counts = pl.col("sector").is_not_null() & (pl.col(name).count().over(_SECTOR) >= LEAST_SECTOR)
    return pl.when(counts).then(value.over(_SECTOR))


def _against_market(name: str) -> Factor:
    return Factor(
        f"{name}_market", f"{name} - its median on the date", "fraction", _GRINBLATT,
        f"{_WORDS[name]}, against the market's", pl.col(name) - median(name).over(_DATE),
    )  # fmt: skip


def _against_sector(name: str) -> Factor:
    return Factor(
        f"{name}_sector", f"{name} - its median in the sector on the date", "fraction", _ASNESS,
        f"{_WORDS[name]}, against its sector's", pl.col(name) - in_sector(name, median(name)),
    )  # fmt: skip


def _of_sector(name: str, words: str) -> Factor:
    return Factor(
        f"sector_{name}", f"median of {name} in the sector on the date", "fraction", _GRINBLATT, words,
        in_sector(name, median(name)),
    )  # fmt: skip


def _rank(name: str) -> Factor:
    return Factor(
        f"{name}_rank", f"rank of {name} on the date", "-0.5 to 0.5", _GU,
        f"{_WORDS[name]}, as a place among all", rank(name).over(_DATE),
    )  # fmt: skip


def _sector_rank(name: str) -> Factor:
    return Factor(
        f"{name}_sector_rank", f"rank of {name} in the sector on the date", "-0.5 to 0.5", _ASNESS,
        f"{_WORDS[name]}, as a place in its sector", in_sector(name, rank(name)),
    )  # fmt: skip


RELATIVE: tuple[Factor, ...] = (
    *(_against_market(name) for name in ("momentum_1m", "momentum_6m", "momentum_12_1")),
    *(_against_sector(name) for name in ("reversal_5", "momentum_1m", "momentum_6m", "momentum_12_1")),
    _of_sector("momentum_1m", "last month's return of its sector"),
    _of_sector("momentum_6m", "half a year's return of its sector"),
    *(_rank(name) for name in ("momentum_12_1", "volatility_90", "adv_20")),
    *(_sector_rank(name) for name in ("momentum_6m", "momentum_12_1", "volatility_90", "distance_52w_high")),
)


def relative_columns(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The columns of RELATIVE for the asked-for rows."""
    placed = rows.with_columns(sector=sectors_on(rows, facts.sectors))
    return placed.select(factor.expression.alias(factor.name) for factor in RELATIVE)


_READ = {name for factor in RELATIVE for name in factor.expression.meta.root_names()}
GROUP = Group(RELATIVE, relative_columns, reads=tuple(name for name in PRICE_NAMES if name in _READ))
