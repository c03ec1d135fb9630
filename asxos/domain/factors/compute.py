"""All factors of a panel on as many threads as asked; importing this loads the compiler, which takes half a second."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from itertools import pairwise

import numpy as np
import polars as pl

from asxos.domain.factors.library import FACTOR_NAMES
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
from asxos.domain.factors.returns import momentum, trend
from asxos.domain.factors.volatility import volatility
from asxos.domain.factors.volume import liquidity

# Rows a thread takes at a time: enough to hide the cost of a call, few enough to stay in the processor's cache.
BLOCK_ROWS = 32_000
GROUPS = (momentum, trend, oscillators, volatility, liquidity, path)


def compute_factors(panel: pl.DataFrame, *, threads: int | None = None) -> FactorArray:
    """The factor matrix of `panel`; shape (n_rows, 25), columns as FACTOR_NAMES, missing is NaN.

    A row uses rows of its own security up to itself and, for beta, the market's return on those dates; nothing later.
    `threads`: default one per processor. Raises: BadPanel: a column is missing or the rows are not sorted.
    """
    offsets = security_offsets(panel)
    matrix = np.empty((panel.height, len(FACTOR_NAMES)), np.float32)
    fill = partial(_fill, panel, market_return(panel), matrix)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        list(pool.map(fill, _parts(offsets)))
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


def _fill(panel: pl.DataFrame, market: FloatArray, matrix: FactorArray, part: IntArray) -> None:
    """Write the rows of the securities of `part`."""
    rows = slice(int(part[0]), int(part[-1]))
    block = make_block(panel[rows], market[rows], part - part[0])
    columns = np.empty((matrix.shape[1], len(block.close)), np.float32)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for group in GROUPS:
            for name, values in group(block).items():
                columns[FACTOR_NAMES.index(name)] = values
    matrix[rows] = columns.T  # one pass over the rows; written column by column it costs three times as much
