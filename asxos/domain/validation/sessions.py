"""What each session of the evidence showed by itself; means over years or over everything are taken from these."""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.validation.rank_ic import rank_ic_by_session
from asxos.domain.validation.spread import TENTHS, spread, tenth_means, tenths

FloatArray = NDArray[np.float64]

TENTH_NAMES = tuple(f"tenth_{n}" for n in range(TENTHS))


@dataclass(frozen=True, slots=True)
class Pace:
    """Sessions from open to open of a label, and between the dates of the evidence."""

    horizon: int
    step: int

    @property
    def rebalance(self) -> int:
        """The dates of the evidence from one to the next whose labels do not overlap."""
        return -(-self.horizon // self.step)

    @property
    def lags(self) -> int:
        """The neighbouring dates on either side that a date's label overlaps with, from close to open."""
        return -(-(self.horizon + 1) // self.step)

    def dates(self, sessions: int) -> int:
        """How many dates of the evidence that many sessions hold."""
        return max(sessions // self.step, 1)


def measurable(evidence: pl.DataFrame) -> pl.DataFrame:
    """The rows with a score and an outcome."""
    return evidence.filter(pl.col("score").is_finite() & pl.col("excess").is_finite())


def by_session(evidence: pl.DataFrame, pace: Pace) -> pl.DataFrame:
    """`session_date, ic, gross, net, turnover_best, turnover_worst, tenth_0 ... tenth_9`, in order; missing is NaN.

    `gross` and `net`: best tenth less worst, before and after costs, of shares held from one rebalance to the next.
    """
    cut = tenths(measurable(evidence))
    legs, means = spread(cut, pace.rebalance), tenth_means(cut)
    measured = rank_ic_by_session(floats(cut, "score"), floats(cut, "excess"), cut["session"].to_numpy())
    ics = np.full(len(means), np.nan)
    ics[measured["session"].to_numpy()] = measured["ic"].to_numpy()
    return pl.DataFrame(
        {
            "session_date": cut["session_date"].unique(maintain_order=True),
            "ic": ics,
            "gross": legs.gross,
            "net": legs.net,
            "turnover_best": legs.turnover_best,
            "turnover_worst": legs.turnover_worst,
            **dict(zip(TENTH_NAMES, means.T, strict=True)),
        }
    )


def floats(frame: pl.DataFrame, name: str) -> FloatArray:
    """A column as 64-bit floats, missing NaN."""
    return frame[name].cast(pl.Float64).fill_null(math.nan).to_numpy()


def known(values: FloatArray) -> FloatArray:
    """Those that are not missing."""
    return values[np.isfinite(values)]


def mean_of(values: FloatArray) -> float:
    """Mean of those that are known; NaN where none is."""
    return float(known(values).mean()) if len(known(values)) else math.nan
