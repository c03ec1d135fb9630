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

from asxos.domain.factors.library import FACTOR_NAMES, GROUPS
from asxos.domain.factors.market import market_return
from asxos.domain.factors.oscillators import oscillators
from asxos.domain.factors.panel import (
    NEEDED,
    FactorArray,
    FloatArray,
    IntArray,
    make_block,
    security_offsets,
)
from asxos.domain.factors.path import path
from asxos.domain.factors.per_share import in_shares_of
from asxos.domain.factors.price import PRICE
from asxos.domain.factors.returns import momentum, trend
from asxos.domain.factors.volatility import volatility
from asxos.domain.factors.volume import liquidity
from asxos.domain.facts import NO_FACTS, Facts

# Rows a thread takes at a time: enough to hide the cost of a call, few enough to stay in the processor's cache.
BLOCK_ROWS = 32_000
KERNELS = (momentum, trend, oscillators, volatility, liquidity, path)


class Asked(NamedTuple):
    """Which rows of the panel are wanted, in ascending order, and the row of the answer each goes to."""

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
    offsets = security_offsets(panel)
    rows = np.arange(panel.height) if rows is None else rows
    matrix = np.empty((len(rows), len(FACTOR_NAMES)), np.float32)
    places = np.argsort(rows, kind="stable")
    fill = partial(_fill, panel, market_return(panel), Asked(rows[places], places), matrix[:, : len(PRICE)])
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        list(pool.map(fill, _parts(offsets)))
    _fill_groups(panel[rows].cast({"security_id": pl.Int32}), in_shares_of(panel, facts), matrix)
    return matrix


def warm_up() -> None:
    """Compile the loops, or load them from the compiler's files, so that the first computation need not."""
    row = {"security_id": 1, "session_date": date(2024, 1, 2)}
    compute_factors(pl.DataFrame([row | dict.fromkeys(NEEDED[2:], 1.0)]), threads=1)


def _parts(offsets: IntArray) -> Iterator[IntArray]:
    """The offsets in runs of about BLOCK_ROWS rows, whole securities each."""
    cuts = np.unique(np.searchsorted(offsets, np.arange(0, offsets[-1], BLOCK_ROWS)))
    for first, last in pairwise([*cuts.tolist(), len(offsets) - 1]):
        yield offsets[first : last + 1]


def _fill(panel: pl.DataFrame, market: FloatArray, asked: Asked, matrix: FactorArray, part: IntArray) -> None:
    """Write the factors of prices of the rows asked for of the securities of `part`."""
    begin, end = int(part[0]), int(part[-1])
    wanted = slice(*np.searchsorted(asked.rows, [begin, end]))
    if wanted.start == wanted.stop:
        return
    block = make_block(panel[begin:end], market[begin:end], part - begin)
    columns = np.empty((matrix.shape[1], end - begin), np.float32)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for kernel in KERNELS:
            for name, values in kernel(block).items():
                columns[FACTOR_NAMES.index(name)] = values
    # One pass over the rows; written column by column it costs three times as much.
    matrix[asked.places[wanted]] = columns.T[asked.rows[wanted] - begin]


def _fill_groups(rows: pl.DataFrame, facts: Facts, matrix: FactorArray) -> None:
    """Write the other groups, which read the factors of prices in `matrix`."""
    begin = len(PRICE)
    for group in GROUPS:
        end = begin + len(group.factors)
        read = {name: pl.Series(matrix[:, FACTOR_NAMES.index(name)]).fill_nan(None) for name in group.reads}
        found = group.columns(rows.with_columns(**read), facts)
        matrix[:, begin:end] = found.select(pl.all().cast(pl.Float32).fill_null(np.nan)).to_numpy()
        begin = end
