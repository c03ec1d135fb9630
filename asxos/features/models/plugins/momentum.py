"""The transparent baseline that learns nothing but its calibration: momentum, gated by trend and scaled by risk."""

from dataclasses import replace
from datetime import date
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from asxos.domain.momentum import BOOK_VOLATILITY, book_weights, momentum_parts
from asxos.domain.signals import ModelOutput
from asxos.features.models.plugins.trained import FloatArray, FloatMatrix, IntArray, TrainedPlugin, TrainingMatrix


class MomentumPlugin(TrainedPlugin):
    """The rule of `domain/momentum.py`; a share in its book says in its note what part of the money it would get."""

    FEATURES: ClassVar[tuple[str, ...]] = (
        *("momentum_12_1", "sma_200_ratio", "volatility_252"),
        "residual_volatility_252",
    )
    ALGORITHM: ClassVar[str] = "12-1 momentum, trend gate, inverse volatility"
    RANKED: ClassVar[bool] = False

    @override
    def fit(self, x: TrainingMatrix, y: FloatArray, dates: IntArray, weights: FloatArray, seed: int) -> str:
        """There is nothing to fit."""
        return "momentum"

    @override
    def score(self, artifact: str, x: TrainingMatrix) -> FloatArray:
        return self.contributions(artifact, x).sum(axis=1)

    @override
    def contributions(self, artifact: str, x: TrainingMatrix) -> FloatMatrix:
        momentum, trend, volatility, _ = x.astype(np.float64).T
        parts = momentum_parts(momentum, trend, volatility)
        return np.column_stack([parts, np.zeros((len(x), 2))])

    @override
    def scorable(self, x: TrainingMatrix) -> NDArray[np.bool_]:
        """Only the book needs the volatility that is not the market's."""
        return np.asarray(np.isfinite(x[:, :3]).all(axis=1))

    @override
    async def generate_signals(self, symbols: list[str], as_of: date) -> list[ModelOutput]:
        outputs = await super().generate_signals(symbols, as_of)
        ranked = [output.symbol for output in outputs]
        _, _, volatility, residual = (await self._inputs(ranked, as_of)).astype(np.float64).T
        weights = book_weights(np.array([output.score for output in outputs]), volatility, residual)
        return [_noted(output, weight) for output, weight in zip(outputs, weights.tolist(), strict=True)]


def _noted(output: ModelOutput, weight: float) -> ModelOutput:
    if weight == 0:
        return output
    return replace(output, note=f"{weight:.1%} of a book held to {BOOK_VOLATILITY:.0%} volatility a year")
