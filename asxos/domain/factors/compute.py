"""The factors of the asked-for rows on as many threads as wanted; importing this loads the compiler, half a second."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl

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
from asxos.domain.factors.panel import (
    NEEDED,
    FactorArray,
    FloatArray,
    IntArray,
    make_block,
    security_offsets,
)
from asxos.domain.factors.per_share import in_shares_of
from asxos.domain.factors.price import PRICE
from asxos.domain.facts import NO_FACTS, Facts

# Rows a thread takes at a time: enough to hide the cost of a call, few enough to stay in the processor's cache.
BLOCK_ROWS = 32_000
KERNELS = (returns, trend, oscillators, volatility, exposure, liquidity, spread, path)


class Work(NamedTuple):
    """The panel and the market's return per row, cut into securities at `offsets`; `rows` of it are asked for, in
    ascending order, and go to the rows `places` of the answer.
    """

    panel: pl.DataFrame
    market: FloatArray
    offsets: IntArray
    rows: IntArray
    places: IntArray


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
    work = _work(panel, np.arange(panel.height) if rows is None else rows)
    matrix = np.empty((len(work.rows), len(FACTOR_NAMES)), np.float32)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        list(pool.map(partial(_fill, work, matrix[:, : len(PRICE)]), _parts(work.offsets)))
    _fill_groups(panel if rows is None else panel[rows], in_shares_of(panel, facts), matrix)
    return matrix


def warm_up() -> None:
    """Compile the loops, or load them from the compiler's files, so that the first computation need not."""
    row = {"security_id": 1, "session_date": date(2024, 1, 2)}
    compute_factors(pl.DataFrame([row | dict.fromkeys(NEEDED[2:], 1.0)]), threads=1)


def _work(panel: pl.DataFrame, rows: IntArray) -> Work:
    """What there is to do for `rows`. What comes after the last one of a security is left out: no answer needs it."""
    offsets, market = security_offsets(panel), market_return(panel)
    places = np.argsort(rows, kind="stable")
    rows = rows[places]
    asked = np.diff(np.searchsorted(rows, offsets)) > 0
    last = rows[np.searchsorted(rows, offsets[1:])[asked] - 1]
    if np.array_equal(last, offsets[1:] - 1):
        return Work(panel, market, offsets, rows, places)
    ends = offsets[:-1].copy()
    ends[asked] = last + 1
    kept = np.arange(panel.height) < np.repeat(ends, np.diff(offsets))
    lengths = (ends - offsets[:-1])[asked]
    moved = np.cumsum(kept) - 1
    return Work(panel.filter(pl.Series(kept)), market[kept], np.r_[0, np.cumsum(lengths)], moved[rows], places)


def _parts(offsets: IntArray) -> Iterator[IntArray]:
    """The offsets in runs of about BLOCK_ROWS rows, whole securities each."""
    cuts = np.unique(np.searchsorted(offsets, np.arange(0, offsets[-1], BLOCK_ROWS)))
    for first, last in pairwise([*cuts.tolist(), len(offsets) - 1]):
        yield offsets[first : last + 1]


def _fill(work: Work, matrix: FactorArray, part: IntArray) -> None:
    """Write the factors of prices of the rows asked for of the securities of `part`."""
    begin, end = int(part[0]), int(part[-1])
    asked = slice(*np.searchsorted(work.rows, [begin, end]))
    block = make_block(work.panel[begin:end], work.market[begin:end], part - begin)
    columns = np.empty((matrix.shape[1], end - begin), np.float32)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for kernel in KERNELS:
            for name, values in kernel(block).items():
                columns[FACTOR_NAMES.index(name)] = values
    columns[np.isnan(columns)] = np.nan  # of one bit pattern: the sign of a computed NaN is an accident
    # One pass over the rows; written column by column it costs three times as much.
    matrix[work.places[asked]] = columns.T[work.rows[asked] - begin]


def _fill_groups(rows: pl.DataFrame, facts: Facts, matrix: FactorArray) -> None:
    """Write the other groups, which read the factors of prices in `matrix`."""
    rows = rows.cast({"security_id": pl.Int32})
    for group in GROUPS:
        read = {name: pl.Series(matrix[:, FACTOR_NAMES.index(name)]).fill_nan(None) for name in group.reads}
        for column in group.columns(rows.with_columns(**read), facts):
            matrix[:, FACTOR_NAMES.index(column.name)] = column.cast(pl.Float32).fill_null(np.nan).to_numpy()
