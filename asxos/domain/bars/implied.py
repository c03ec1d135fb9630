"""Corporate actions that a vendor's adjusted close implies: where its ratio to the close takes a step."""

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
    last = both.group_by("security_id").agg(pl.col("adj_close", "adjusted").tail(20).sum())
    scale = last.select("security_id", scale=pl.col("adj_close") / pl.col("adjusted"))
    both = both.select("security_id", "adj_close", "adjusted").join(scale, on="security_id", maintain_order="left")
    theirs = both["adj_close"].to_numpy()
    distance = np.abs(both["adjusted"].to_numpy() * both["scale"].to_numpy() - theirs)
    return both.height, int((distance > DISAGREES_BEYOND * theirs + _half_units(theirs)).sum())


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
    lowest, highest = (adjusted - half) / close * (1 - _FLOAT32), (adjusted + half) / close * (1 + _FLOAT32)
    apart = _apart(known, lowest, highest, 1)
    back = apart & np.roll(apart, 1) & ~_apart(known, lowest, highest, 2) & _same(known, 2)
    faulty = np.roll(back, -1)
    return apart & ~back & ~faulty, faulty


def _apart(known: pl.DataFrame, lowest: Floats, highest: Floats, rows: int) -> Bools:
    """Whether each row's ratio cannot be that of the same security `rows` before."""
    return _same(known, rows) & ((lowest > np.roll(highest, rows)) | (highest < np.roll(lowest, rows)))


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
