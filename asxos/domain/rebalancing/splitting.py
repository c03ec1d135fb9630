"""A covariance as what is each share's own and what they share."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SWEEPS = 10


def split(covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Variances of each share's own, nearly as large as they can be, and what is left, no axis of it below zero.

    One variance can fall by the inverse of its place in the inverse before the matrix is singular (Schur complement);
    each sweep takes a part of that from every share in turn.
    """
    own, inverse = np.zeros(len(covariance)), np.linalg.inv(covariance)
    for _ in range(SWEEPS):
        for place in range(len(own)):
            step = 0.3 / inverse[place, place]
            own[place] += step
            column = inverse[:, place]
            inverse = inverse + np.outer(column, column) * (step / (1 - step * inverse[place, place]))
    return own, covariance - np.diag(own)
