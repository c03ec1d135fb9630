"""Qlib's 158 features of the asked-for rows, by the loops of our own factors; importing this loads the compiler."""

import numpy as np
import polars as pl

from asxos.domain.factors.alpha158 import ALPHA158_NAMES, QUANTILE, WINDOWS
from asxos.domain.factors.blocks import fill, work_of
from asxos.domain.factors.kernel.order import window_order, window_peak, window_slope
from asxos.domain.factors.kernel.pairs import window_pairs
from asxos.domain.factors.kernel.windows import window_max, window_mean, window_moments
from asxos.domain.factors.panel import Block, Columns, FactorArray, FloatArray, IntArray

# What Qlib adds to a divisor, and the sample deviation up to which it calls a series constant.
EPSILON, CONSTANT = 1e-12, 2e-5


def compute_alpha158(panel: pl.DataFrame, rows: IntArray | None = None, *, threads: int | None = None) -> FactorArray:
    """Alpha158 of `rows` of `panel` (default all); shape (n_rows, 158), columns as ALPHA158_NAMES, missing is NaN.

    `threads`: default one per processor. Raises: BadPanel: a column is missing or the rows are not sorted.
    """
    work = work_of(panel, np.full(panel.height, np.nan), rows)
    matrix = np.empty((len(work.rows), len(ALPHA158_NAMES)), np.float32)
    fill(work, (bar, prices, order, changes, volumes), ALPHA158_NAMES, matrix, threads)
    return matrix


def bar(block: Block) -> Columns:
    """The shape of the day's bar."""
    open_, high, low, close = block.open, block.high, block.low, block.close
    span, upper, lower = high - low + EPSILON, np.maximum(open_, close), np.minimum(open_, close)
    return {
        "KMID": (close - open_) / open_,
        "KLEN": (high - low) / open_,
        "KMID2": (close - open_) / span,
        "KUP": (high - upper) / open_,
        "KUP2": (high - upper) / span,
        "KLOW": (lower - low) / open_,
        "KLOW2": (lower - low) / span,
        "KSFT": (2 * close - high - low) / open_,
        "KSFT2": (2 * close - high - low) / span,
        "OPEN0": open_ / close,
        "HIGH0": high / close,
        "LOW0": low / close,
        "VWAP0": (high + low + close) / 3 / close,
    }


def prices(block: Block) -> Columns:
    """Averages, deviations and lines of the close."""
    found: Columns = {}
    close = block.close
    for n in WINDOWS:
        mean, squares = window_moments(close, block.offsets, n)
        slope = window_slope(close, block.offsets, n)
        deviation = np.sqrt(squares / (n - 1))
        explained = slope * slope * (n * (n * n - 1) / 12) / squares
        found |= {
            f"ROC{n}": block.lagged(close, n) / close,
            f"MA{n}": mean / close,
            f"STD{n}": deviation / close,
            f"BETA{n}": slope / close,
            f"RSQR{n}": np.where(deviation > CONSTANT, explained, np.nan),
            f"RESI{n}": (close - mean - slope * (n - 1) / 2) / close,
        }
    return found


def order(block: Block) -> Columns:
    """Extremes, quantiles and places of the window."""
    found: Columns = {}
    close = block.close
    for n in WINDOWS:
        top, bottom = window_max(block.high, block.offsets, n), -window_max(-block.low, block.offsets, n)
        upper, lower, rank = window_order(close, block.offsets, n, QUANTILE)
        highest, lowest = window_peak(block.high, block.offsets, n) / n, window_peak(-block.low, block.offsets, n) / n
        found |= {
            f"MAX{n}": top / close,
            f"MIN{n}": bottom / close,
            f"QTLU{n}": upper / close,
            f"QTLD{n}": lower / close,
            f"RANK{n}": rank,
            f"RSV{n}": (close - bottom) / (top - bottom + EPSILON),
            f"IMAX{n}": highest,
            f"IMIN{n}": lowest,
            f"IMXD{n}": highest - lowest,
        }
    return found


def changes(block: Block) -> Columns:
    """Rises and falls of the close, and how volume goes with it."""
    found: Columns = {}
    close, before = block.close, block.lagged(block.close, 1)
    change, logs = close - before, np.log(block.volume + 1)
    ratio, volume_ratio = close / before, np.log(block.volume / block.lagged(block.volume, 1) + 1)
    volume_ratio[np.isinf(volume_ratio)] = np.nan
    risen, fallen = (np.where(np.isnan(change), np.nan, side > 0) for side in (change, -change))
    gained, lost = np.maximum(change, 0.0), np.maximum(-change, 0.0)
    for n in WINDOWS:
        rises, falls = window_mean(risen, block.offsets, n), window_mean(fallen, block.offsets, n)
        found |= {
            f"CORR{n}": _correlation(block, close, logs, n),
            f"CORD{n}": _correlation(block, ratio, volume_ratio, n),
            f"CNTP{n}": rises,
            f"CNTN{n}": falls,
            f"CNTD{n}": rises - falls,
            **_balance(block, gained, lost, n, "SUM"),
        }
    return found


def volumes(block: Block) -> Columns:
    """Averages, deviations and changes of the volume."""
    found: Columns = {}
    volume, change = block.volume, block.volume - block.lagged(block.volume, 1)
    weighed = np.abs(block.returns) * volume
    gained, lost = np.maximum(change, 0.0), np.maximum(-change, 0.0)
    for n in WINDOWS:
        mean, squares = window_moments(volume, block.offsets, n)
        mean_weighed, squares_weighed = window_moments(weighed, block.offsets, n)
        found |= {
            f"VMA{n}": mean / (volume + EPSILON),
            f"VSTD{n}": np.sqrt(squares / (n - 1)) / (volume + EPSILON),
            f"WVMA{n}": np.sqrt(squares_weighed / (n - 1)) / (mean_weighed + EPSILON),
            **_balance(block, gained, lost, n, "VSUM"),
        }
    return found


def _balance(block: Block, gained: FloatArray, lost: FloatArray, n: int, name: str) -> Columns:
    """What was gained and lost in the window, over both."""
    gains, losses = (window_mean(side, block.offsets, n) * n for side in (gained, lost))
    both = gains + losses + EPSILON
    return {f"{name}P{n}": gains / both, f"{name}N{n}": losses / both, f"{name}D{n}": (gains - losses) / both}


def _correlation(block: Block, x: FloatArray, y: FloatArray, sessions: int) -> FloatArray:
    """Pearson's over the rows that have both; missing where one is constant by Qlib's measure."""
    number, covariance, variance_x, variance_y = window_pairs(x, y, block.offsets, sessions)
    least = CONSTANT**2 * (number - 1) / number
    moved = (variance_x > least) & (variance_y > least)
    return np.where(moved, covariance / np.sqrt(variance_x * variance_y), np.nan)
