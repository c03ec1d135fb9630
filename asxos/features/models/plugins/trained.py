"""What models that learn have in common: calibration, labels, intervals, ranks, reasons; it adds fit and score."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from asxos.domain.calibration.intervals import liquidity_groups
from asxos.domain.calibration.scale import Scale
from asxos.domain.calibration.walking import Scored
from asxos.domain.ranking import Explanation
from asxos.domain.signals import ModelOutput, Thresholds, confidence_of, label_of, ranked
from asxos.features.models.plugins.base import FeatureSource, ModelConfig, ModelPlugin

FloatArray = NDArray[np.float64]
FloatMatrix = NDArray[np.float64]
TrainingMatrix = NDArray[np.float32]
IntArray = NDArray[np.int64]

LIQUIDITY = "adv_20"
"""The factor whose rank on the date puts a share in its liquidity third."""
SWING = "atr_pct"
"""The factor that intervals are multiples of: a share's typical daily range."""


@dataclass(frozen=True)
class Trained:
    """What training left behind. `artifact` is the plugin's own text; dates are of the sessions learnt from.

    `features`, `params` and `step`, the sessions from one date to the next, are those it was trained with: the plugin
    may have others by now.
    """

    version: int
    artifact: str
    scale: Scale
    trained_from: date
    trained_through: date
    features: tuple[str, ...]
    params: Mapping[str, Any]
    step: int


class TrainedPlugin(ModelPlugin):
    """A model that learns from the labelled past.

    A subclass names its FEATURES and its ALGORITHM and gives `fit` and `score`, on ranks within the date's universe
    (RANKED) or on the factors' own units; `contributions` where its scores can be taken apart.
    """

    FEATURES: ClassVar[tuple[str, ...]]
    ALGORITHM: ClassVar[str]
    RANKED: ClassVar[bool] = True
    LOG_ODDS: ClassVar[bool] = False
    """Whether scores are log-odds of a positive excess return, so that they may stay uncalibrated."""
    LEAST_PRESENT: ClassVar[float] = 0.5
    """The share of FEATURES a share must have to be scored."""
    ONLY_SCORABLE: ClassVar[bool] = False
    """Whether it learns only from what it could score alone: its data begin later, or end sooner, than prices."""

    def __init__(
        self,
        config: ModelConfig,
        features: FeatureSource | None = None,
        trained: Trained | None = None,
        thresholds: Thresholds | None = None,
    ) -> None:
        super().__init__(config, features)
        self._trained = trained
        self.thresholds = thresholds or Thresholds()

    @property
    def trained(self) -> Trained:
        """What was learnt; a plugin as the registry holds it has learnt nothing yet."""
        assert self._trained is not None, f"{self.config.model_id} is not bound to a trained version"
        return self._trained

    @abstractmethod
    def fit(self, x: TrainingMatrix, y: FloatArray, dates: IntArray, weights: FloatArray, seed: int) -> str:
        """Learn from rows in date order; the artifact is text that `score` can read on any machine.

        Args: x: shape (n_rows, n_features), NaN missing. y: excess returns, fractions. dates: session numbers.
        weights: above 0. The same arguments give the same text. Called from several threads at once.
        """

    @abstractmethod
    def score(self, artifact: str, x: TrainingMatrix) -> FloatArray:
        """Scores, higher is better; shape (n_rows,)."""

    def contributions(self, artifact: str, x: TrainingMatrix) -> FloatMatrix | None:
        """Each feature's part of the score and, last, the base; shape (n_rows, n_features + 1), rows sum to the score.

        None, as here, when scores cannot be taken apart.
        """

    async def generate_signals(self, symbols: list[str], as_of: date) -> list[ModelOutput]:
        """Rank those of `symbols` that are in the universe of `as_of` and have enough factors, best first."""
        x = await self._inputs(symbols, as_of)
        scored = np.flatnonzero(self.scorable(x))
        groups = liquidity_groups((await self.features.ranks((LIQUIDITY,), symbols, as_of))[scored, 0])
        swings = (await self.features.matrix((SWING,), symbols, as_of))[scored, 0]
        scores = self.score(self.trained.artifact, x[scored])
        said = (await self._scale(as_of)).said(scores, groups, swings)
        columns = (column.tolist() for column in (scores, said.probabilities, said.expected, said.low, said.high))
        return ranked(self._output(symbols[i], told) for i, *told in zip(scored.tolist(), *columns, strict=True))

    async def explain(self, symbols: Sequence[str], as_of: date) -> list[Explanation]:
        """Why each of `symbols` that has a score has it; empty when the model cannot tell."""
        x = await self._inputs(symbols, as_of)
        scored = np.flatnonzero(self.scorable(x))
        parts = self.contributions(self.trained.artifact, x[scored])
        if parts is None:
            return []
        values = (await self.features.matrix(self.trained.features, symbols, as_of))[scored]
        return [
            Explanation(
                symbol=symbols[row],
                unit="log-odds" if self.LOG_ODDS else "score",
                base=float(part[-1]),
                score=float(part.sum()),
                factors=self.trained.features,
                values=tuple(None if np.isnan(v) else float(v) for v in value),
                contributions=tuple(part[:-1].tolist()),
            )
            for row, part, value in zip(scored.tolist(), parts, values, strict=True)
        ]

    def scorable(self, x: TrainingMatrix) -> NDArray[np.bool_]:
        """Which rows have enough of their features."""
        return np.asarray(np.isfinite(x).mean(axis=1) >= self.LEAST_PRESENT)

    def get_metadata(self) -> dict[str, Any]:
        """What this model is and, once trained, which version from which data."""
        learnt = self._trained
        return {
            "model_id": self.config.model_id,
            "version": f"v{learnt.version}" if learnt else None,
            "type": self.config.type,
            "features": list(self.FEATURES),
            "algorithm": self.ALGORITHM,
            "trained_on": f"{learnt.trained_from} to {learnt.trained_through}" if learnt else None,
        }

    async def _inputs(self, symbols: Sequence[str], as_of: date) -> TrainingMatrix:
        read = self.features.ranks if self.RANKED else self.features.matrix
        return (await read(self.trained.features, symbols, as_of)).astype(np.float32)

    async def _scale(self, as_of: date) -> Scale:
        """The version's scale, its intervals grown or shrunk by the outcomes known on `as_of` that it did not learn."""
        learnt = self.trained
        names = (*learnt.features, LIQUIDITY, SWING)
        told = await self.features.outcomes(names, learnt.trained_through, as_of, learnt.step)
        x = (told.ranks if self.RANKED else told.values)[:, :-2].astype(np.float32)
        rows = np.flatnonzero(self.scorable(x))
        news = Scored(
            scores=self.score(learnt.artifact, x[rows]),
            excess=told.excess[rows],
            sessions=told.sessions[rows],
            groups=liquidity_groups(told.ranks[rows, -2]),
            swings=told.values[rows, -1],
        )
        return learnt.scale.adapted(news)

    def _output(self, symbol: str, told: Sequence[float]) -> ModelOutput:
        score, ml_prob, expected, low, high = told
        label = label_of(ml_prob, self.thresholds)
        return ModelOutput(symbol, label, confidence_of(ml_prob, label), expected, 1, score, ml_prob, (low, high))
