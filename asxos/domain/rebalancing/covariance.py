"""How shares move together, shrunk towards what noise cannot have made."""

import numpy as np
from numpy.typing import NDArray

from asxos.domain.rebalancing.problem import SESSIONS_A_YEAR

FloatArray = NDArray[np.float64]


def shrunk_covariance(returns: FloatArray) -> FloatArray:
    """Of yearly returns, shape (n_shares, n_shares), no axis at 0; from daily ones, shape (n_sessions, n_shares).

    A return that is missing counts as the mean of those that are there. Source: Ledoit and Wolf (2004), J. Multivariate
    Analysis 88(2).
    """
    # Seconds to import; nothing but a rebalancing needs it.
    from sklearn.covariance import ledoit_wolf  # noqa: PLC0415

    known = np.isfinite(returns)
    counts = np.maximum(known.sum(axis=1, keepdims=True), 1)
    means = np.where(known, returns, 0.0).sum(axis=1, keepdims=True) / counts
    covariance, _ = ledoit_wolf(np.where(known, returns, means))
    return np.asarray(covariance, np.float64) * SESSIONS_A_YEAR


def volatility_of(weights: FloatArray, covariance: FloatArray) -> float:
    """A year, a fraction; cash is what the weights leave to 1."""
    return float(np.sqrt(max(weights @ covariance @ weights, 0.0)))


def shares_of_variance(weights: FloatArray, covariance: FloatArray) -> FloatArray:
    """Each holding's part of the portfolio's variance; they add up to 1, or are all 0 where nothing moves."""
    parts = weights * (covariance @ weights)
    return parts / parts.sum() if parts.sum() > 0 else np.zeros_like(parts)
