"""The factors of the asked-for rows of a panel; importing this loads the compiler, half a second."""

from datetime import date

import numpy as np
import polars as pl

from asxos.domain.factors.blocks import fill, work_of
from asxos.domain.factors.compiled.exposure import exposure
from asxos.domain.factors.compiled.liquidity import liquidity
from asxos.domain.factors.compiled.oscillators import oscillators
from asxos.domain.factors.compiled.path import path
from asxos.domain.factors.compiled.returns import returns
from asxos.domain.factors.compiled.spread import spread
from asxos.domain.factors.compiled.trend import trend
from asxos.domain.factors.compiled.volatility import volatility
from asxos.domain.factors.library import FACTOR_NAMES, GROUPS
from asxos.domain.factors.market import market_return
from asxos.domain.factors.panel import NEEDED, FactorArray, IntArray
from asxos.domain.factors.per_share import in_shares_of
from asxos.domain.factors.price import PRICE_NAMES
from asxos.domain.facts import NO_FACTS, Facts

KERNELS = (returns, trend, oscillators, volatility, exposure, liquidity, spread, path)


def compute_factors(
    panel: pl.DataFrame, rows: IntArray | None = None, facts: Facts = NO_FACTS, *, threads: int | None = None
) -> FactorArray:
    """The factors of `rows` of `panel`; shape (n_rows, n_factors), columns as FACTOR_NAMES, missing is NaN.

    Args:
        rows: numbers of the panel's rows, in any order; default all. Relative factors compare a share with the
            asked-for rows of its date, so ask for whole universes.
        facts: about the companies beside their prices; default nothing is known.
        threads: default one per processor.
    A row uses rows of its own security up to itself, the market's return up to that date, the rows asked for of its
    date and the facts known at its close; nothing later. Memory is the answer's, however long the panel.
    Raises: BadPanel: a column is missing or the rows are not sorted.
    """
    work = work_of(panel, market_return(panel), rows)
    matrix = np.empty((len(work.rows), len(FACTOR_NAMES)), np.float32)
    fill(work, KERNELS, PRICE_NAMES, matrix, threads)
    _fill_groups(panel if rows is None else panel[rows], in_shares_of(panel, facts), matrix)
    return matrix


def warm_up() -> None:
    """Compile the loops, or load them from the compiler's files, so that the first computation need not."""
    row = {"security_id": 1, "session_date": date(2024, 1, 2)}
    compute_factors(pl.DataFrame([row | dict.fromkeys(NEEDED[2:], 1.0)]), threads=1)


def _fill_groups(rows: pl.DataFrame, facts: Facts, matrix: FactorArray) -> None:
    """Write the other groups, which read the factors of prices in `matrix`."""
    rows = rows.cast({"security_id": pl.Int32})
    for group in GROUPS:
        read = {name: pl.Series(matrix[:, FACTOR_NAMES.index(name)]).fill_nan(None) for name in group.reads}
        for column in group.columns(rows.with_columns(**read), facts):
            matrix[:, FACTOR_NAMES.index(column.name)] = column.cast(pl.Float32).fill_null(np.nan).to_numpy()
