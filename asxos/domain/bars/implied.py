"""Corporate actions that a vendor's adjusted close implies: where its ratio to the close takes a step."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

RATIO_STEP = "vendor_ratio_step"
SMALLEST_STEP = 1e-3
SIMPLE_RATIO_WITHIN = 0.01
DISAGREES_BEYOND = 1e-3  # 10 basis points

# More steps than this in one security are no actions but an adjusted price that was rounded before it was multiplied,
# as when a vendor consolidates 60:1 what it keeps to a tenth of a cent. It is then judged by the steps it really takes.
MOST_STEPS = 10
UNIT_WINDOW = 21
LAST_BARS = 20

_FLOAT32 = 1e-6  # what float32 leaves of a ratio of two prices

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def implied_actions(series: pl.DataFrame) -> pl.DataFrame:
    """`security_id, ex_date, kind, factor, method` of the steps that rounding cannot explain.

    Args: series: sorted by (security_id, session_date), with close and adj_close (null where the vendor gives none:
        then nothing is known about the sessions before and after it).
    A step that the next session takes back is a faulty bar, not an action. The factor compares whole stretches
    between steps, so the rounding of single prices averages out.
    """
    known = series.with_row_index("place").filter(pl.col("adj_close") > 0)
    if not known.height:
        return _named(known.select("security_id", ex_date="session_date", factor="adj_close"))
    half = _half_units(known["adj_close"].to_numpy())
    is_step, is_faulty = _steps(known, half)
    rough = _rough(known, is_step)
    if rough.any():
        half[rough] = np.maximum(half[rough], _half_moves(known)[rough])
        is_step, is_faulty = _steps(known, half)
    return _named(_factors(known, is_step, is_faulty))


def count_disagreements(series: pl.DataFrame) -> tuple[int, int]:
    """How many bars with a vendor's adjusted close there are, and in how many ours differs by over 10 basis points.

    Args: series: sorted, with `close`, `adj_close` and `adjusted` (ours). Both are put on the scale of the security's
    last bars; what the rounding of the vendor's price explains is no disagreement.
    """
    both = series.filter(pl.col("adj_close") > 0)
    if not both.height:
        return 0, 0
    theirs, ours = both["adj_close"].to_numpy(), both["adjusted"].to_numpy()
    begins, ends = _extents(both["security_id"].to_numpy())
    lasts = np.column_stack([np.maximum(begins, ends - LAST_BARS), ends]).ravel()
    sums = [np.add.reduceat(np.append(values, 0.0), lasts)[::2] for values in (theirs, ours)]
    distance = np.abs(ours * np.repeat(sums[0] / sums[1], ends - begins) - theirs)
    allowed = DISAGREES_BEYOND * theirs
    # Rounding is looked at only where it matters.
    far = np.flatnonzero(distance > allowed)
    return both.height, int((distance[far] > allowed[far] + _half_units(theirs[far])).sum())


def _extents(securities: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the rows of each security begin and end."""
    begins = np.append(0, np.flatnonzero(securities[1:] != securities[:-1]) + 1)
    return begins, np.append(begins[1:], len(securities))


def _half_units(prices: Floats) -> Floats:
    """Half a unit of the last decimal that each price shows: of the third at least, of the fifth at most.

    Taken per row, because one panel mixes vendors. A price that only happens to have few decimals is judged leniently.
    """
    half = np.full(len(prices), 0.5e-5)
    for decimals in (4, 3):
        scaled = prices * 10**decimals
        half[np.abs(scaled - np.rint(scaled)) < 1e-3 + scaled * 1e-7] = 0.5 * 10.0**-decimals
    return half


def _half_moves(known: pl.DataFrame) -> Floats:
    """Half the smallest move that the adjusted close makes around each row."""
    move = pl.col("adj_close").diff().abs()
    moves = pl.when(move > 1e-9).then(move)
    around = moves.rolling_min(UNIT_WINDOW, min_samples=1, center=True)
    return known.select(around.fill_null(0.0) / 2).to_series().to_numpy()


def _steps(known: pl.DataFrame, half: Floats) -> tuple[Bools, Bools]:
    """Rows whose ratio lies apart from the row before, and rows whose own ratio is at fault: the next takes it back."""
    adjusted, close = known["adj_close"].to_numpy(), known["close"].to_numpy()
    ratio = adjusted / close
    # Nine ratios in ten are those of the row before to the last digit: only the others can be steps.
    moved = np.flatnonzero(_same(known, 1)[1:] & (np.abs(np.diff(ratio)) > _FLOAT32 * ratio[1:])) + 1
    bounds = _Bounds(ratio, half / close)
    steps = moved[bounds.are_apart(moved, 1)]
    before = steps[1:][np.diff(steps) == 1]  # rows that step right after a row that did
    before = before[_same(known, 2)[before]]
    back = before[~bounds.are_apart(before, 2)]
    is_step, is_faulty = np.zeros(len(ratio), np.bool_), np.zeros(len(ratio), np.bool_)
    is_step[steps], is_step[back], is_step[back - 1] = True, False, False
    is_faulty[back - 1] = True
    return is_step, is_faulty


@dataclass(frozen=True)
class _Bounds:
    """Between what a ratio may lie, given half a unit of its last decimal."""

    ratio: Floats
    half: Floats

    def are_apart(self, rows: NDArray[np.int64], back: int) -> Bools:
        """Whether the ratio of each of `rows` cannot be that of `back` rows before."""
        now, then = (self._bounds(places) for places in (rows, rows - back))
        return (now[0] > then[1]) | (now[1] < then[0])

    def _bounds(self, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        ratio, half = self.ratio[rows], self.half[rows]
        return (ratio - half) * (1 - _FLOAT32), (ratio + half) * (1 + _FLOAT32)


def _same(known: pl.DataFrame, rows: int) -> Bools:
    """Whether the bar `rows` before is of the same security, with none between that lacks an adjusted close."""
    securities, places = known["security_id"].to_numpy(), known["place"].to_numpy().astype(np.int64)
    same = (securities == np.roll(securities, rows)) & (places - np.roll(places, rows) == rows)
    same[:rows] = False
    return same


def _rough(known: pl.DataFrame, is_step: Bools) -> Bools:
    """The rows of securities with too many steps to be actions."""
    securities = known["security_id"].to_numpy()
    stepping, counts = np.unique(securities[is_step], return_counts=True)
    return np.isin(securities, stepping[counts > MOST_STEPS])


def _factors(known: pl.DataFrame, is_step: Bools, is_faulty: Bools) -> pl.DataFrame:
    """Each step's date and the ratio of the stretch before it to the stretch after it; faulty bars do not count."""
    begins = np.flatnonzero(is_step | ~_same(known, 1))
    sums = [np.add.reduceat(known[name].to_numpy() * ~is_faulty, begins) for name in ("adj_close", "close")]
    # A stretch of faulty bars only is never beside a step.
    ratio = sums[0] / np.where(sums[1] > 0, sums[1], 1.0)
    firsts = known.select("security_id", ex_date="session_date")[begins]
    found = firsts.with_columns(factor=pl.Series(np.roll(ratio, 1) / np.where(ratio > 0, ratio, 1.0)))
    return found.filter(pl.Series(is_step[begins])).filter(pl.col("factor").log().abs() > SMALLEST_STEP)


def _named(found: pl.DataFrame) -> pl.DataFrame:
    """`split` or `consolidation` for a factor within 1 % of 1:n or n:1, else `adjustment`."""
    factor = pl.col("factor")
    times = pl.max_horizontal(factor, 1 / factor)
    is_simple = (times.round() >= 2) & ((times / times.round() - 1).abs() <= SIMPLE_RATIO_WITHIN)
    simple = pl.when(factor < 1).then(pl.lit("split")).otherwise(pl.lit("consolidation"))
    kind = pl.when(is_simple).then(simple).otherwise(pl.lit("adjustment"))
    return found.select("security_id", "ex_date", kind=kind, factor="factor", method=pl.lit(RATIO_STEP))
