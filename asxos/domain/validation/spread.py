"""What the best and the worst tenth by score earned, before and after what trading them costs: does the order pay?"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

TENTHS = 10
# The part of a session's returns on either side that is pulled in to the quantile: a misprint of +10,000 % is no gain.
TAIL = 0.01
WORST, BEST = 0, TENTHS - 1


@dataclass(frozen=True)
class Spread:
    """Best tenth less worst tenth, session by session in order; every array of shape (n_sessions,), fractions.

    `net`: less half of a share's round-trip cost wherever it is bought or sold. `turnover_best`, `turnover_worst`: the
    part of the tenth that is new since the rebalance before. NaN: there was none, or a cost is not known.
    """

    gross: FloatArray
    net: FloatArray
    turnover_best: FloatArray
    turnover_worst: FloatArray


def tenths(evidence: pl.DataFrame) -> pl.DataFrame:
    """Rows with a score and an outcome, their number of session, tenth of the session (0 the worst) and capped return.

    Args: evidence: columns session_date, score, excess; in order of session. Ties are cut in row order.
    """
    value, score = pl.col("excess").cast(pl.Float64), pl.col("score")
    low, high = (value.quantile(tail).over("session_date") for tail in (TAIL, 1 - TAIL))
    return evidence.filter(score.is_finite() & pl.col("excess").is_finite()).with_columns(
        session=pl.col("session_date").rank("dense").cast(pl.Int64) - 1,
        tenth=((score.rank("ordinal") - 1) * TENTHS // pl.len()).over("session_date").cast(pl.Int64),
        capped=value.clip(low, high),
    )


def tenth_means(cut: pl.DataFrame) -> FloatArray:
    """Mean capped return of each session and tenth of `tenths`; shape (n_sessions, 10), NaN for an empty tenth."""
    # Summed in row order, where a grouped mean would differ in its last bits from run to run.
    cell = cut["session"].to_numpy() * TENTHS + cut["tenth"].to_numpy()
    size = TENTHS * (int(cell.max(initial=-1)) // TENTHS + 1)
    counts = np.bincount(cell, minlength=size).reshape(-1, TENTHS)
    sums = np.bincount(cell, cut["capped"].to_numpy(), minlength=size).reshape(-1, TENTHS)
    return np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)


def spread(cut: pl.DataFrame, every: int) -> Spread:
    """The spread of each session of `tenths` held from its rebalance to the next, `every` sessions of the frame later.

    Equal weights at each rebalance. Needs also columns security_id and cost.
    """
    means = tenth_means(cut)
    gross = means[:, BEST] - means[:, WORST]
    best, worst = (_trades(cut, tenth, every, len(gross)) for tenth in (BEST, WORST))
    has_before = np.arange(len(gross)) >= every
    turnovers = (np.where(has_before, trades.traded / 2, np.nan) for trades in (best, worst))
    return Spread(gross, gross - best.cost - worst.cost, *turnovers)


def monotonicity(means: FloatArray) -> float:
    """Rank correlation of the tenths' places with their means, in [-1, 1]; NaN where a tenth is unknown."""
    if not np.isfinite(means).all():
        return float("nan")
    return float(np.corrcoef(np.arange(len(means)), np.argsort(np.argsort(means)))[0, 1])


@dataclass(frozen=True)
class _Trades:
    """Weight bought plus weight sold, and what that cost, by session."""

    traded: FloatArray
    cost: FloatArray


def _trades(cut: pl.DataFrame, tenth: int, every: int, sessions: int) -> _Trades:
    held = cut.filter(pl.col("tenth") == tenth).select(
        "session", "security_id", "cost", weight=1 / pl.len().over("session")
    )
    left = held.with_columns(pl.col("session") + every, weight=-pl.col("weight")).filter(pl.col("session") < sessions)
    moves = (
        pl.concat([held, left])
        .group_by("session", "security_id", maintain_order=True)
        .agg(pl.col("weight").sum().abs(), pl.col("cost").first().cast(pl.Float64).fill_null(np.nan))
        .filter(pl.col("weight") > 0)
    )
    session, weight = moves["session"].to_numpy(), moves["weight"].to_numpy()
    by_session = partial(np.bincount, session, minlength=sessions)
    return _Trades(*(by_session(weights=w).astype(np.float64) for w in (weight, weight * moves["cost"].to_numpy() / 2)))
