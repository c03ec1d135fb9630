"""Which rows of a panel are too doubtful to judge a share by on their date, and why; the gate before the universe."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.bars.jumps import LARGEST_MOVE
from asxos.domain.labels import IntArray, session_index

Bools = NDArray[np.bool_]

STILL = 1e-9
"""A return below this is none: adjusting a price leaves the noise of binary fractions."""


class Doubt(StrEnum):
    """The first that holds is the reason."""

    FEW_BARS = "few_bars"
    STALE = "stale"
    JUMP = "jump"


@dataclass(frozen=True)
class QualityRule:
    """What a share's latest bars must be like.

    It has a bar on at least `min_present` of the market's last `window` sessions; its close moved within the last
    `max_still` of its own; and no move over `max_move` from one close to the next lies in the market's last `wait`
    sessions, in which a corporate action may yet become known that explains it.
    """

    window: int = 20
    min_present: float = 0.75
    max_still: int = 10
    max_move: float = LARGEST_MOVE
    wait: int = 5


def doubts(panel: pl.DataFrame, rule: QualityRule) -> pl.Series:
    """The doubt about each row, null where there is none; shape (n_rows,).

    Uses the row and rows of its security before it. `panel` is sorted by (security_id, session_date).
    """
    rows, sessions = np.arange(panel.height), session_index(panel)
    securities, close = panel["security_id"].to_numpy(), panel["close"].to_numpy()
    is_first = np.r_[True, securities[1:] != securities[:-1]][: len(rows)]
    with np.errstate(invalid="ignore", divide="ignore"):
        moves = np.abs(np.r_[np.nan, close[1:] / close[:-1] - 1][: len(rows)])
    start = _latest(is_first, rows)
    moved, jumped = _latest(is_first | ~(moves < STILL), rows), _latest(~is_first & (moves > rule.max_move), rows)
    back = rows - (int(np.ceil(rule.min_present * rule.window)) - 1)
    holds = {
        Doubt.FEW_BARS: (back < start) | (sessions - sessions[np.maximum(back, 0)] >= rule.window),
        Doubt.STALE: rows - moved >= rule.max_still,
        Doubt.JUMP: (jumped >= start) & (sessions - sessions[np.maximum(jumped, 0)] < rule.wait),
    }
    reasons = (pl.when(pl.lit(pl.Series(held))).then(pl.lit(doubt.value)) for doubt, held in holds.items())
    return panel.select(pl.coalesce(*reasons).cast(pl.Enum(Doubt))).to_series()


def _latest(holds: Bools, rows: IntArray) -> IntArray:
    """The last row up to each one on which it held; -1 where there is none."""
    return np.maximum.accumulate(np.where(holds, rows, -1))
