"""Weights learnt from what members said out of fold: those with which the pooled probability has least log-loss."""

import numpy as np
from numpy.typing import NDArray

from asxos.domain.ensemble.rules import Limits
from asxos.domain.ensemble.weighting import bounded

FloatArray = NDArray[np.float64]


def stacked_weights(
    probabilities: FloatArray, outcomes: FloatArray, configured: FloatArray, limits: Limits
) -> FloatArray:
    """Weights of sum 1 within the limits, shape (n_members,).

    Args:
        probabilities: of a positive outcome, in (0, 1), shape (n_rows, n_members), NaN where a member said nothing; it
            drops out of that row as it does from the ensemble. outcomes: 0 or 1, shape (n_rows,).
        configured: where the search starts, and what is returned when no row has two opinions to weigh.
    Source: Wolpert (1992); Breiman (1996) for weights that may not be negative.
    """
    start = bounded(configured, limits)
    spoke = np.isfinite(probabilities)
    rows = spoke.sum(axis=1) > 1
    if not rows.any() or len(start) == 1:
        return start
    return _least_loss(np.where(spoke, probabilities, 0.0)[rows], spoke[rows], outcomes[rows], start, limits)


def _least_loss(
    said: FloatArray, spoke: NDArray[np.bool_], outcomes: FloatArray, start: FloatArray, limits: Limits
) -> FloatArray:
    from scipy.optimize import minimize  # noqa: PLC0415 - half a second that no read of a ranking needs

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        total = spoke @ weights
        pooled = (said @ weights) / total
        odds = np.where(outcomes > 0, 1 / pooled, -1 / (1 - pooled))
        gradient = -(odds / total) @ (said - spoke * pooled[:, None]) / len(outcomes)
        return float(-np.log(np.where(outcomes > 0, pooled, 1 - pooled)).mean()), gradient

    ends = (min(limits.floor, float(start.min())), max(limits.cap, float(start.max())))
    found = minimize(
        loss,
        start,
        jac=True,
        method="SLSQP",
        bounds=[ends] * len(start),
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like},
        options={"ftol": 1e-10},
    )
    return bounded(np.asarray(found.x, np.float64), limits)
