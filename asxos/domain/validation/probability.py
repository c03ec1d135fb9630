"""How good probabilities are: order (AUC), distance (Brier, log-loss) and honesty (expected calibration error)."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# A probability nearer to 0 or 1 than this is taken as this, so that one miss does not make the log-loss infinite.
LEAST_PROBABILITY = 1e-6


def auc(scores: FloatArray, outcomes: FloatArray) -> float:
    """Chance that a positive is scored above a negative, ties counting half; NaN unless both occur; outcomes 0 or 1."""
    positives = float(outcomes.sum())
    negatives = len(outcomes) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    ranks = pl.Series(scores).rank().to_numpy()
    return float((ranks @ outcomes - positives * (positives + 1) / 2) / (positives * negatives))


def brier(probabilities: FloatArray, outcomes: FloatArray) -> float:
    """Mean squared distance of probability and outcome; 0.25 is no skill where half the outcomes are positive."""
    return float(np.mean((probabilities - outcomes) ** 2))


def log_loss(probabilities: FloatArray, outcomes: FloatArray) -> float:
    """Mean surprise, nats; log 2 = 0.6931 is no skill where half the outcomes are positive."""
    p = np.clip(probabilities, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    return float(-np.mean(outcomes * np.log(p) + (1 - outcomes) * np.log(1 - p)))


def expected_calibration_error(probabilities: FloatArray, outcomes: FloatArray, bins: int = 10) -> float:
    """Mean gap of probability said and frequency seen, over `bins` bins of equal mass; in [0, 1]."""
    order = np.argsort(probabilities, kind="stable")
    said, seen = np.array_split(probabilities[order], bins), np.array_split(outcomes[order], bins)
    gaps = [len(p) * abs(p.mean() - o.mean()) for p, o in zip(said, seen, strict=True) if len(p)]
    return float(sum(gaps) / len(probabilities))
