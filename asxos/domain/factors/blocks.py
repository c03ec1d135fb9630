"""Columns of the asked-for rows of a panel, made block by block on as many threads as wanted."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl

from asxos.domain.factors.kernel.rows import put_rows
from asxos.domain.factors.panel import Block, Columns, FactorArray, FloatArray, IntArray, make_block, security_offsets

# Rows a thread takes at a time: enough to hide the cost of a call, few enough to stay in the processor's cache.
BLOCK_ROWS = 16_000

Kernel = Callable[[Block], Columns]


class Work(NamedTuple):
    """The panel and the market's return per row, cut into securities at `offsets`; `rows` of it are asked for, in
    ascending order, and go to the rows `places` of the answer.
    """

    panel: pl.DataFrame
    market: FloatArray
    offsets: IntArray
    rows: IntArray
    places: IntArray


def fill(work: Work, kernels: Sequence[Kernel], names: Sequence[str], matrix: FactorArray, threads: int | None) -> None:
    """Write the columns `names`, made by the kernels, of the rows asked for: the first ones of `matrix`."""
    numbers = {name: number for number, name in enumerate(names)}
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        list(pool.map(partial(_fill_part, work, kernels, numbers, matrix), _parts(work.offsets)))


def work_of(panel: pl.DataFrame, market: FloatArray, rows: IntArray | None) -> Work:
    """What there is to do for `rows` (default all). What comes after the last one of a security is left out: no answer
    needs it. Raises: BadPanel.
    """
    offsets = security_offsets(panel)
    if rows is None:
        everything = np.arange(panel.height)
        return Work(panel, market, offsets, everything, everything)
    places = np.argsort(rows, kind="stable")
    rows = rows[places]
    asked = np.diff(np.searchsorted(rows, offsets)) > 0
    ends = offsets[:-1].copy()
    ends[asked] = rows[np.searchsorted(rows, offsets[1:])[asked] - 1] + 1
    kept = np.arange(panel.height) < np.repeat(ends, np.diff(offsets))
    lengths = (ends - offsets[:-1])[asked]
    moved = np.cumsum(kept) - 1
    return Work(panel.filter(pl.Series(kept)), market[kept], np.r_[0, np.cumsum(lengths)], moved[rows], places)


def _parts(offsets: IntArray) -> Iterator[IntArray]:
    """The offsets in runs of about BLOCK_ROWS rows, whole securities each."""
    cuts = np.unique(np.searchsorted(offsets, np.arange(0, offsets[-1], BLOCK_ROWS)))
    for first, last in pairwise([*cuts.tolist(), len(offsets) - 1]):
        yield offsets[first : last + 1]


def _fill_part(
    work: Work, kernels: Sequence[Kernel], numbers: dict[str, int], matrix: FactorArray, part: IntArray
) -> None:
    """Write the rows asked for of the securities of `part`."""
    begin, end = int(part[0]), int(part[-1])
    asked = slice(*np.searchsorted(work.rows, [begin, end]))
    block = make_block(work.panel[begin:end], work.market[begin:end], part - begin)
    columns = np.empty((len(numbers), end - begin), np.float32)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for kernel in kernels:
            for name, values in kernel(block).items():
                columns[numbers[name]] = values
    put_rows(columns, work.rows[asked] - begin, work.places[asked], matrix)
