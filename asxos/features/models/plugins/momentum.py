"""The transparent baseline: last year's winners, latest month skipped. Nothing is learnt but its calibration."""

from typing import ClassVar

import numpy as np
from typing_extensions import override

from asxos.features.models.plugins.trained import FloatArray, FloatMatrix, IntArray, TrainedPlugin, TrainingMatrix


class MomentumPlugin(TrainedPlugin):
    """Score is the 12-month return without the latest month. Source: Jegadeesh and Titman (1993)."""

    FEATURES: ClassVar[tuple[str, ...]] = ("momentum_12_1",)
    ALGORITHM: ClassVar[str] = "12-1 momentum"
    RANKED: ClassVar[bool] = False

    @override
    def fit(self, x: TrainingMatrix, y: FloatArray, dates: IntArray, weights: FloatArray, seed: int) -> str:
        """There is nothing to fit."""
        return "momentum_12_1"

    @override
    def score(self, artifact: str, x: TrainingMatrix) -> FloatArray:
        return x[:, 0].astype(np.float64)

    @override
    def contributions(self, artifact: str, x: TrainingMatrix) -> FloatMatrix:
        return np.column_stack([self.score(artifact, x), np.zeros(len(x))])
