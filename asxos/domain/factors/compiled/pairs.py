"""Two series over the days of a window that have both: how one moves with the other."""

from typing import NamedTuple

import numpy as np

from asxos.domain.factors.kernel.pairs import window_pairs
from asxos.domain.factors.panel import Block, FloatArray
from asxos.domain.factors.price.basics import LEAST_RETURN_SPREAD


class Moments(NamedTuple):
    """Of two series over the sessions of a window that have both: how many, their covariance and variances."""

    number: FloatArray
    covariance: FloatArray
    variance_x: FloatArray
    variance_y: FloatArray


def moments(block: Block, x: FloatArray, y: FloatArray, sessions: int, least: int) -> Moments:
    """Missing where the window is not whole, or has fewer than `least` sessions with both."""
    number, *found = window_pairs(x, y, block.offsets, sessions)
    known = (block.age >= sessions) & (number >= least)
    return Moments(*(np.where(known, values, np.nan) for values in (number, *found)))


def correlation(of: Moments, least_spread: float = LEAST_RETURN_SPREAD) -> FloatArray:
    """Pearson's, in [-1, 1]; missing where one did not move, `y` by less than `least_spread`."""
    moved = (of.variance_x > LEAST_RETURN_SPREAD**2) & (of.variance_y > least_spread**2)
    ratio = of.covariance / np.sqrt(of.variance_x * of.variance_y)
    return np.where(moved, np.clip(ratio, -1, 1), np.nan)


def slope(of: Moments) -> FloatArray:
    """Of `x` on `y`; missing where `y` did not move."""
    return np.where(of.variance_y > LEAST_RETURN_SPREAD**2, of.covariance / of.variance_y, np.nan)
