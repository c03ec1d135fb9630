"""A model's out-of-fold record: its measures, and those of plain rules on the very same rows."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.validation.record import Pace, honesty, order
from asxos.domain.validation.splits import Fold
from asxos.features.models.dataset import Sample, ranks_by_session

FloatArray = NDArray[np.float64]

RIDGE_PENALTY = 100.0


def evaluate(evidence: pl.DataFrame, pace: Pace) -> dict[str, Any]:
    """All measures; those of probability and coverage are of rows later than what their scale was learnt on."""
    return order(evidence, pace) | honesty(evidence) | {"rows": evidence.height}


def baseline(evidence: pl.DataFrame, scores: FloatArray, pace: Pace) -> dict[str, Any]:
    """Measures of order of other scores on the same rows; rows without a score are left out."""
    return order(evidence.with_columns(score=pl.Series(scores, dtype=pl.Float32)), pace)


def momentum_scores(sample: Sample, column: int) -> FloatArray:
    """The 12-1 momentum rule: the factor itself."""
    return sample.factors[:, column].astype(np.float64)


def ridge_scores(sample: Sample, folds: list[Fold]) -> FloatArray:
    """Out-of-fold scores of a ridge regression of ranked excess returns on ranked factors; NaN outside the folds."""
    x = np.nan_to_num(sample.ranks).astype(np.float64)
    y = ranks_by_session(sample.excess[:, None].astype(np.float32), sample.sessions)[:, 0].astype(np.float64)
    scores = np.full(len(y), np.nan)
    for fold in folds:
        train, test = fold.train_rows(sample.sessions), fold.test_rows(sample.sessions)
        penalty = RIDGE_PENALTY * np.eye(x.shape[1])
        scores[test] = x[test] @ np.linalg.solve(x[train].T @ x[train] + penalty, x[train].T @ y[train])
    return scores
