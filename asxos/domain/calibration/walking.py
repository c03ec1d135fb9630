"""Expected returns and intervals as they stood on each session, learnt from what was known by then."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from asxos.domain.calibration.intervals import Intervals, fit_intervals
from asxos.domain.calibration.returns import ConditionalMean, fit_conditional_mean

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Sessions; about as often as models are trained anew.
REFIT_AFTER = 63
# Sessions whose residuals the ends are of: two years hold calm and storm, more would be another market's.
MEMORY = 504
# Nothing is said before outcomes of this many label lengths are known.
LEAST_LABELS = 6


@dataclass(frozen=True)
class Scored:
    """Out-of-fold scores beside what followed, in order of session; every array of shape (n_rows,).

    `excess`: return in excess of the date's median, fractions; `groups`: liquidity third, 0 to 2; `swings`: typical
    daily range as known on the session, a fraction, NaN unknown.
    """

    scores: FloatArray
    excess: FloatArray
    sessions: IntArray
    groups: IntArray
    swings: FloatArray

    def part(self, rows: NDArray[np.bool_] | slice) -> "Scored":
        return Scored(self.scores[rows], self.excess[rows], self.sessions[rows], self.groups[rows], self.swings[rows])

    def by_session(self) -> Iterator["Scored"]:
        """The rows of each session, in order."""
        begins = np.flatnonzero(np.diff(self.sessions, prepend=self.sessions[:1] - 1))
        for begin, end in pairwise([*begins.tolist(), len(self.sessions)]):
            yield self.part(slice(begin, end))


@dataclass(frozen=True)
class Outlook:
    """What a score lets expect, and the interval around it."""

    mean: ConditionalMean
    intervals: Intervals

    def adapted(self, news: Scored) -> "Outlook":
        """Once the outcomes of further dates are known."""
        intervals = self.intervals
        for date in news.by_session():
            intervals = intervals.adapted(date.excess - self.mean.expected(date.scores), date.groups, date.swings)
        return replace(self, intervals=intervals)

    def refitted(self, known: Scored, overlap: float) -> "Outlook":
        """Learnt anew from everything known, the stretch kept."""
        return fit_outlook(known, overlap, self.intervals.stretch)

    def ends(self, scores: FloatArray, groups: IntArray, swings: FloatArray) -> FloatArray:
        """Expected excess return, low and high end; shape (n_rows, 3)."""
        expected = self.mean.expected(scores)
        return np.column_stack([expected, self.intervals.around(expected, groups, swings)])


def fit_outlook(known: Scored, overlap: float, stretch: tuple[float, ...] = (0.0, 0.0, 0.0)) -> Outlook:
    """The mean from all rows, the ends from those of the last MEMORY sessions."""
    mean = fit_conditional_mean(known.scores, known.excess, overlap)
    late = known.part(known.sessions > known.sessions[-1] - MEMORY)
    return Outlook(mean, fit_intervals(late.excess - mean.expected(late.scores), late.groups, late.swings, stretch))


def walk(scored: Scored, purge: int, overlap: float) -> tuple[Outlook, FloatArray]:
    """The outlook once all outcomes are known, and what it was on each row's own session: as `Outlook.ends`.

    `purge`: sessions until a label is known. Rows are NaN until there was enough to learn from.
    """
    told = np.full((len(scored.scores), 3), np.nan)
    outlook, fitted_on, learnt, row = None, 0, 0, 0
    for date in scored.by_session():
        today = int(date.sessions[0])
        known = int(np.searchsorted(scored.sessions, today - purge, side="right"))
        if outlook is not None:
            outlook = outlook.adapted(scored.part(slice(learnt, known)))
        if outlook is None or today - fitted_on >= REFIT_AFTER:
            outlook, fitted_on = _refitted(outlook, scored.part(slice(0, known)), purge, overlap), today
        learnt = known
        if outlook is not None:
            told[row : row + len(date.scores)] = outlook.ends(date.scores, date.groups, date.swings)
        row += len(date.scores)
    if outlook is None:
        return fit_outlook(scored, overlap), told
    return outlook.adapted(scored.part(slice(learnt, None))).refitted(scored, overlap), told


def _refitted(outlook: Outlook | None, known: Scored, purge: int, overlap: float) -> Outlook | None:
    """None while too little is known."""
    if outlook is not None:
        return outlook.refitted(known, overlap)
    span = int(np.ptp(known.sessions)) if len(known.sessions) else 0
    return fit_outlook(known, overlap) if span >= LEAST_LABELS * purge else None
