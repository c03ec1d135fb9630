"""A model's out-of-fold record: its measures, and those of plain rules on the very same rows."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asxos.domain.calibration.scale import FittedScale, Scored
from asxos.domain.validation.probability import auc, brier, expected_calibration_error, log_loss
from asxos.domain.validation.rank_ic import hac_t, icir, rank_ic
from asxos.domain.validation.splits import Fold
from asxos.domain.validation.spread import decile_means
from asxos.features.models.dataset import Sample, ranks_by_session

FloatArray = NDArray[np.float64]

RIDGE_PENALTY = 100.0


def measures(scores: FloatArray, scored: Scored, lags: int) -> dict[str, Any]:
    """Measures of order: rank IC and its steadiness, AUC, what the tenths earned a horizon, gross."""
    ics = rank_ic(scores, scored.excess, scored.sessions)
    known = np.isfinite(scores)
    tenths = decile_means(scores, scored.excess, scored.sessions)
    return _plain(
        {
            "rank_ic": float(ics.mean()) if len(ics) else math.nan,
            "icir": icir(ics),
            "hac_t": hac_t(ics, lags),
            "auc": auc(scores[known], (scored.excess[known] > 0).astype(np.float64)),
            "decile_spread": float(tenths[-1] - tenths[0]),
            "deciles": tenths.tolist(),
            "dates": len(ics),
        }
    )


def evaluate(scored: Scored, fitted: FittedScale, lags: int) -> dict[str, Any]:
    """All measures; those of probability and coverage are of rows later than what their scale was learnt on."""
    judged = np.isfinite(fitted.nested_probabilities)
    said, seen = fitted.nested_probabilities[judged], (scored.excess[judged] > 0).astype(np.float64)
    nested: dict[str, Any] = dict.fromkeys(("brier", "ece", "log_loss", "coverage"))
    if len(said):
        nested = {
            "brier": brier(said, seen),
            "ece": expected_calibration_error(said, seen),
            "log_loss": log_loss(said, seen),
            "coverage": fitted.nested_coverage,
        }
    calibration = {"calibration": fitted.scale.calibrator.method.value, "rows": len(scored.scores)}
    return measures(scored.scores, scored, lags) | _plain(nested) | calibration


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


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """NaN, which JSON has not, becomes None."""
    return {name: None if isinstance(v, float) and math.isnan(v) else v for name, v in values.items()}
