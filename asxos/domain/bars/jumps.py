"""Overnight jumps: which bars to hold until the next session confirms the level, and which were spikes.

A bar that moves more than 45 % from the last accepted close, with no corporate action, is held. The next session
confirms it (its close is near the held one: released) or not (a spike that stays out).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.bars.ticks import tick_size

LARGEST_MOVE = 0.45
FREE_TICKS = 2

ACCEPTED, RELEASED, HELD = 0, 1, 2

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def judge_jumps(series: pl.DataFrame) -> NDArray[np.uint8]:
    """ACCEPTED, RELEASED or HELD for each row; a released bar is confirmed by the row after it; shape (n_rows,).

    Args: series: sorted by (security_id, session_date): `close` as traded, `adjusted` (close on one scale across
        corporate actions), `is_stored` (accepted earlier: never held now).
    """
    jumps = _jumps(series)
    starts, ends = _runs(jumps)
    stored = series["is_stored"].to_numpy()
    verdict = np.zeros(series.height, np.uint8)
    verdict[starts] = np.where(stored[starts], ACCEPTED, HELD)
    levels = _Levels(series["adjusted"].to_numpy(), _steps(series), stored)
    long = ends - starts > 1
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        verdict[start:end] = levels.judge(start, end)
    verdict[_confirmed(series, verdict, ends - 1)] = RELEASED
    return verdict


@dataclass(frozen=True)
class _Levels:
    """Adjusted closes, one tick of each on the same scale, and which were accepted earlier."""

    adjusted: Floats
    steps: Floats
    stored: Bools

    def judge(self, start: int, end: int) -> list[int]:
        """The verdict on rows that each jump from the row before: those near the last accepted close are back."""
        verdicts, level = list[int](), start - 1
        for row in range(start, end):
            is_accepted = bool(self.stored[row]) or self._is_near(row, level)
            level = row if is_accepted else level
            verdicts.append(ACCEPTED if is_accepted else HELD)
        return verdicts

    def _is_near(self, row: int, level: int) -> bool:
        move = abs(self.adjusted[row] - self.adjusted[level])
        ticks = FREE_TICKS * max(self.steps[row], self.steps[level]) * (1 + 1e-9)
        return bool(move <= LARGEST_MOVE * self.adjusted[level] or move <= ticks)


def _jumps(series: pl.DataFrame) -> Bools:
    before = pl.col("adjusted").shift(1)
    move = (pl.col("adjusted") - before).abs()
    step = tick_size(pl.col("close")) * pl.col("adjusted") / pl.col("close")
    is_jump = (
        (pl.col("security_id") == pl.col("security_id").shift(1))
        & (move > LARGEST_MOVE * before)
        & (move > FREE_TICKS * pl.max_horizontal(step, step.shift(1)) * (1 + 1e-9))
    )
    return series.select(is_jump.fill_null(value=False)).to_series().to_numpy()


def _steps(series: pl.DataFrame) -> Floats:
    """One tick of each row, on the adjusted scale."""
    step = tick_size(pl.col("close")) * pl.col("adjusted") / pl.col("close")
    return series.select(step).to_series().to_numpy()


def _runs(jumps: Bools) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where runs of neighbouring jumps start, and where they end (the row after)."""
    edges = np.diff(np.concatenate(([0], jumps.view(np.int8), [0])))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _confirmed(series: pl.DataFrame, verdict: NDArray[np.uint8], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of the last rows of runs, those held whose security has a next row; it does not jump, else the run went on."""
    securities = series["security_id"].to_numpy()
    after = np.minimum(last + 1, max(series.height - 1, 0))
    return last[(verdict[last] == HELD) & (after > last) & (securities[after] == securities[last])]
