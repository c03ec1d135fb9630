"""Weights that follow what members have shown: configured ones moved by their rank IC of late, within limits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asxos.domain.ensemble.rules import Limits

FloatArray = NDArray[np.float64]

# A member is believed by half once it has shown itself over this many horizons that do not overlap: a year of months.
PRIOR_PERIODS = 12.0
LEAST = 1e-12
HALVINGS = 120


@dataclass(frozen=True)
class Shown:
    """What each member has shown of late; both of shape (n_members,).

    `rank_ic`: mean by date, later dates more, NaN without any; `periods`: how many dates apart that is worth, counting
    labels that overlap once.
    """

    rank_ic: FloatArray
    periods: FloatArray


def shown(ics: FloatArray, half_life: float, overlap: float) -> Shown:
    """The decayed mean of `ics`, shape (n_dates, n_members), oldest first, NaN where a member has none.

    Args: half_life: in dates, after which a date counts half. overlap: neighbouring dates that tell the same story.
    """
    known = np.isfinite(ics)
    decay = 0.5 ** (np.arange(len(ics))[::-1, None] / half_life) * known
    total = decay.sum(axis=0)
    sums = (decay * np.where(known, ics, 0.0)).sum(axis=0)
    means = np.divide(sums, total, out=np.full(ics.shape[1], np.nan), where=total > 0)
    return Shown(means, total / overlap)


def dynamic_weights(configured: FloatArray, seen: Shown, limits: Limits) -> FloatArray:
    """The configured weights, each times its member's shrunken rank IC over the members' mean one; sum 1.

    A member's IC is drawn to the mean by PRIOR_PERIODS: who has shown nothing keeps its configured weight, who does
    worse than nothing falls to the floor. Where the members together have shown nothing good, all keep theirs.
    Source: James and Stein (1961) for shrinking to the mean.
    """
    start = configured / configured.sum()
    has_shown = seen.periods > 0
    if not has_shown.any():
        return bounded(start, limits)
    mean = float(np.average(seen.rank_ic[has_shown], weights=start[has_shown]))
    if mean <= 0:
        return bounded(start, limits)
    belief = seen.periods / (seen.periods + PRIOR_PERIODS)
    shrunken = mean + belief * (np.where(has_shown, seen.rank_ic, mean) - mean)
    return bounded(start * np.maximum(shrunken, 0.0) / mean, limits)


def bounded(weights: FloatArray, limits: Limits) -> FloatArray:
    """The weights in proportion, sum 1, each between floor and cap; limits that cannot be met give way just enough."""
    floor, cap = min(limits.floor, 1 / len(weights)), max(limits.cap, 1 / len(weights))
    # Nobody is quite nothing: what a cap takes from some must have somewhere to go.
    rising = np.maximum(weights, max(float(weights.max()), LEAST) * LEAST)
    low, high = 0.0, cap / float(rising.min())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(middle * rising, floor, cap).sum() < 1 else (low, middle)
    return np.clip(high * rising, floor, cap)
