"""The words of signals: the five labels, what a model says about a share, and how shares are put in order."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class SignalType(StrEnum):
    STRONG_BUY = "STRONG_BUY"
    BUY = "BUY"
    HOLD = "HOLD"
    SELL = "SELL"
    STRONG_SELL = "STRONG_SELL"


@dataclass(frozen=True)
class Thresholds:
    """Least `ml_prob` of STRONG_BUY and BUY, greatest of SELL and STRONG_SELL."""

    strong_buy: float = 0.60
    buy: float = 0.53
    sell: float = 0.47
    strong_sell: float = 0.40

    def __post_init__(self) -> None:
        if not 0 <= self.strong_sell < self.sell < self.buy < self.strong_buy <= 1:
            raise ValueError("thresholds must rise within [0, 1]: strong_sell < sell < buy < strong_buy")


@dataclass(frozen=True)
class ModelOutput:
    """One model's view of one share on one date.

    `confidence` and `ml_prob` in [0, 1]; `expected_return` and `interval` are excess returns over the horizon,
    fractions; `rank` from 1; `score` is the model's own scale; `note` says what the reader should know (members
    missing, a label held back); `disagreement`: how far an ensemble's members are apart, as the deviation of their
    probabilities. Raises: ValueError: a number is not finite or out of range.
    """

    symbol: str
    signal: SignalType
    confidence: float
    expected_return: float
    rank: int
    score: float = 0.0
    ml_prob: float = 0.5
    interval: tuple[float, float] | None = None
    note: str | None = None
    disagreement: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("confidence", self.confidence), ("ml_prob", self.ml_prob)):
            if not 0 <= value <= 1:
                raise ValueError(f"{self.symbol}: {name} must be in [0, 1], was {value}")
        if not (math.isfinite(self.expected_return) and math.isfinite(self.score)):
            raise ValueError(f"{self.symbol}: expected_return and score must be finite")
        if self.rank < 1:
            raise ValueError(f"{self.symbol}: rank counts from 1, was {self.rank}")
        if self.interval is not None and not self.interval[0] <= self.interval[1]:
            raise ValueError(f"{self.symbol}: interval must run from low to high, was {self.interval}")


def label_of(ml_prob: float, thresholds: Thresholds) -> SignalType:
    """The label of a probability; a threshold itself belongs to the stronger label."""
    if ml_prob >= thresholds.strong_buy:
        return SignalType.STRONG_BUY
    if ml_prob >= thresholds.buy:
        return SignalType.BUY
    if ml_prob <= thresholds.strong_sell:
        return SignalType.STRONG_SELL
    return SignalType.SELL if ml_prob <= thresholds.sell else SignalType.HOLD


def confidence_of(ml_prob: float, label: SignalType) -> float:
    """Probability of the side the label names, so a certain SELL is near 1.

    HOLD names no side: its confidence is that of the likelier one, max(p, 1 - p), which the thresholds
    keep near one half.
    """
    if label in (SignalType.STRONG_BUY, SignalType.BUY):
        return ml_prob
    if label in (SignalType.STRONG_SELL, SignalType.SELL):
        return 1.0 - ml_prob
    return max(ml_prob, 1.0 - ml_prob)


def noted(outputs: Iterable[ModelOutput], note: str | None) -> list[ModelOutput]:
    """The outputs, each with `note` before its own."""
    if note is None:
        return list(outputs)
    return [replace(output, note=f"{note}; {output.note}" if output.note else note) for output in outputs]


def ranked(outputs: Iterable[ModelOutput]) -> list[ModelOutput]:
    """The outputs best first, ranks from 1: by `ml_prob` and `score` descending, then by `symbol`; never by chance."""
    ordered = sorted(outputs, key=lambda output: (-output.ml_prob, -output.score, output.symbol))
    return [replace(output, rank=rank) for rank, output in enumerate(ordered, start=1)]
