"""The transparent baseline that learns: a straight line through the ranks of all factors."""

import json
from typing import ClassVar

import numpy as np
from typing_extensions import override

from asxos.domain.factors.library import FACTOR_NAMES
from asxos.features.models.dataset import ranks_by_session
from asxos.features.models.plugins.trained import FloatArray, FloatMatrix, IntArray, TrainedPlugin, TrainingMatrix

PENALTY = 100.0
# Ranks in steps of 2^-16 are whole numbers whose products add up below 2^53: sums that are exact in any order, so that
# the threads of a linear algebra library, or another one, cannot change a bit of what is learnt.
STEPS = 2.0**16
BLOCK_ROWS = 20_000


class RidgePlugin(TrainedPlugin):
    """Ranked excess return on ranked factors; a missing rank is the middle of its date and adds nothing.

    `params: {penalty: 100}`. Source: Hoerl and Kennard (1970).
    """

    FEATURES: ClassVar[tuple[str, ...]] = FACTOR_NAMES
    ALGORITHM: ClassVar[str] = "ridge regression"
    # Of a market of which only prices are known, half of the factors are missing.
    LEAST_PRESENT: ClassVar[float] = 0.2

    @override
    def fit(self, x: TrainingMatrix, y: FloatArray, dates: IntArray, weights: FloatArray, seed: int) -> str:
        target = ranks_by_session(y[:, None].astype(np.float32), dates)
        table = np.column_stack([x, target])
        products = np.zeros((table.shape[1], table.shape[1]))
        for first in range(0, len(table), BLOCK_ROWS):
            steps = np.rint(np.nan_to_num(table[first : first + BLOCK_ROWS]).astype(np.float64) * STEPS)
            products += steps.T @ steps
        products /= STEPS * STEPS
        penalty = float(self.config.params.get("penalty", PENALTY)) * np.eye(x.shape[1])
        return json.dumps(_solve(products[:-1, :-1] + penalty, products[:-1, -1]).tolist())

    @override
    def score(self, artifact: str, x: TrainingMatrix) -> FloatArray:
        return self.contributions(artifact, x).sum(axis=1)

    @override
    def contributions(self, artifact: str, x: TrainingMatrix) -> FloatMatrix:
        parts = np.nan_to_num(x).astype(np.float64) * np.array(json.loads(artifact))
        return np.column_stack([parts, np.zeros(len(x))])


def _solve(a: FloatMatrix, b: FloatArray) -> FloatArray:
    """x of a x = b by Gauss and Jordan, for a positive definite `a`; number by number, for the reason of STEPS."""
    table = np.column_stack([a, b])
    for row in range(len(a)):
        table[row] /= table[row, row]
        others = table[:, row].copy()
        others[row] = 0.0
        table -= others[:, None] * table[row]
    return table[:, -1]
