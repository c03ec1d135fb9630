"""The ensemble's ranking of one session: opinions pooled, HOLD where members or odds do not carry a label."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from asxos.domain.ensemble.pooling import Opinion, Opinions, pool
from asxos.domain.ensemble.rules import EnsembleRule
from asxos.domain.signals import ModelOutput, SignalType, Thresholds, confidence_of, label_of, ranked


def combine(
    members: Mapping[str, Sequence[ModelOutput]],
    weights: Mapping[str, float],
    rule: EnsembleRule,
    thresholds: Thresholds,
    note: str | None = None,
) -> list[ModelOutput]:
    """The ensemble's outputs, best first, for every symbol that a member with weight ranked.

    A member without the symbol has no voice on it; the others' weights are rescaled to 1 and the output's note names
    the absent, after `note`, which is of all outputs. `score` is the log-odds of the combined probability.
    """
    # In the order of names, so that the same sums come out whatever order members are given in.
    speaking = sorted(model for model in members if weights.get(model, 0.0) > 0)
    by_symbol = [{output.symbol: output for output in members[model]} for model in speaking]
    symbols = list(dict.fromkeys(symbol for outputs in by_symbol for symbol in outputs))
    table = [[outputs.get(symbol) for outputs in by_symbol] for symbol in symbols]
    pooled = pool(_opinions(table, len(speaking)), np.array([weights[model] for model in speaking]))
    return ranked(
        _output(symbol, pooled.one(row), [note, _absence(speaking, table[row])], rule, thresholds)
        for row, symbol in enumerate(symbols)
    )


def _opinions(table: Sequence[Sequence[ModelOutput | None]], members: int) -> Opinions:
    cells = np.full((4, len(table), members), np.nan)
    for i, outputs in enumerate(table):
        for j, output in enumerate(outputs):
            if output is not None:
                cells[:, i, j] = output.ml_prob, output.expected_return, *(output.interval or (np.nan, np.nan))
    return Opinions(*cells)


def _absence(speaking: Sequence[str], outputs: Sequence[ModelOutput | None]) -> str | None:
    absent = [model for model, output in zip(speaking, outputs, strict=True) if output is None]
    return f"without {', '.join(absent)}" if absent else None


def _output(
    symbol: str, opinion: Opinion, notes: list[str | None], rule: EnsembleRule, thresholds: Thresholds
) -> ModelOutput:
    label, held_back = _held(label_of(opinion.ml_prob, thresholds), opinion, rule)
    return ModelOutput(
        symbol=symbol,
        signal=label,
        confidence=confidence_of(opinion.ml_prob, label),
        expected_return=opinion.expected_return,
        rank=1,
        score=log_odds(opinion.ml_prob),
        ml_prob=opinion.ml_prob,
        interval=opinion.interval,
        note="; ".join(text for text in [*notes, held_back] if text) or None,
        disagreement=opinion.disagreement,
    )


def _held(label: SignalType, opinion: Opinion, rule: EnsembleRule) -> tuple[SignalType, str | None]:
    """The label, or HOLD and why."""
    if label is SignalType.HOLD:
        return label, None
    agreement, needed = opinion.agreement, rule.needed_agreement
    # Weights were rescaled by a division, so a unanimous 1 may be a rounding short of it.
    if agreement < needed - 1e-9:
        return SignalType.HOLD, f"held: members agree by {agreement:.0%} of weight, {needed:.0%} needed"
    confidence = confidence_of(opinion.ml_prob, label)
    if confidence < rule.min_confidence:
        return SignalType.HOLD, f"held: confidence {confidence:.3f} is below {rule.min_confidence:g}"
    return label, None


def log_odds(probability: float) -> float:
    """The ensemble's score of a probability; finite even for certainty."""
    p = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(p / (1 - p))
