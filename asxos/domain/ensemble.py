"""Several models, one word: probabilities combined by weight, HOLD where members or odds do not carry a label."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from asxos.domain.signals import ModelOutput, SignalType, Thresholds, confidence_of, label_of, ranked


class ConflictStrategy(StrEnum):
    """What decides when members disagree."""

    WEIGHTED_MAJORITY = "weighted_majority"
    """The side of the weighted mean probability, if members of at least `min_agreement` of the weight are on it."""
    UNANIMOUS = "unanimous"
    """All members must be on that side."""


@dataclass(frozen=True)
class EnsembleRule:
    """`min_agreement`: least share of weight on the combined side; `min_confidence`: least probability of the side."""

    conflict_strategy: ConflictStrategy = ConflictStrategy.WEIGHTED_MAJORITY
    min_agreement: float = 0.5
    min_confidence: float = 0.53


@dataclass(frozen=True)
class _Voice:
    model: str
    weight: float
    output: ModelOutput


def combine(
    members: Mapping[str, Sequence[ModelOutput]],
    weights: Mapping[str, float],
    rule: EnsembleRule,
    thresholds: Thresholds,
) -> list[ModelOutput]:
    """The ensemble's outputs, best first, for every symbol that any member ranked.

    A member without the symbol, or without weight, has no voice; the others' weights are rescaled to 1 and the note
    names the absent. `score` is the log-odds of the combined probability.
    """
    voices: dict[str, list[_Voice]] = {}
    speaking = [model for model in members if weights.get(model, 0.0) > 0]
    for model in speaking:
        for output in members[model]:
            voices.setdefault(output.symbol, []).append(_Voice(model, weights[model], output))
    return ranked(_combined(symbol, _rescaled(heard), speaking, rule, thresholds) for symbol, heard in voices.items())


def _rescaled(heard: list[_Voice]) -> list[_Voice]:
    total = sum(voice.weight for voice in heard)
    return [replace(voice, weight=voice.weight / total) for voice in heard]


def _combined(
    symbol: str, heard: list[_Voice], speaking: Sequence[str], rule: EnsembleRule, thresholds: Thresholds
) -> ModelOutput:
    ml_prob = min(max(math.fsum(voice.weight * voice.output.ml_prob for voice in heard), 0.0), 1.0)
    label, held_back = _held(label_of(ml_prob, thresholds), ml_prob, heard, rule)
    heard_models = {voice.model for voice in heard}
    absent = [model for model in speaking if model not in heard_models]
    notes = ([f"without {', '.join(absent)}"] if absent else []) + ([held_back] if held_back else [])
    return ModelOutput(
        symbol=symbol,
        signal=label,
        confidence=confidence_of(ml_prob, label),
        expected_return=math.fsum(voice.weight * voice.output.expected_return for voice in heard),
        rank=1,
        score=_log_odds(ml_prob),
        ml_prob=ml_prob,
        interval=_interval(heard),
        note="; ".join(notes) or None,
    )


def _held(label: SignalType, ml_prob: float, heard: list[_Voice], rule: EnsembleRule) -> tuple[SignalType, str | None]:
    """The label, or HOLD and why."""
    if label is SignalType.HOLD:
        return label, None
    agreement = agreement_of(ml_prob, [(voice.weight, voice.output.ml_prob) for voice in heard])
    needed = 1.0 if rule.conflict_strategy is ConflictStrategy.UNANIMOUS else rule.min_agreement
    # Weights were rescaled by a division, so a unanimous 1 may be a rounding short of it.
    if agreement < needed - 1e-9:
        return SignalType.HOLD, f"held: members agree by {agreement:.0%} of weight, {needed:.0%} needed"
    confidence = confidence_of(ml_prob, label)
    if confidence < rule.min_confidence:
        return SignalType.HOLD, f"held: confidence {confidence:.3f} is below {rule.min_confidence:g}"
    return label, None


def agreement_of(ml_prob: float, votes: Sequence[tuple[float, float]]) -> float:
    """Share of the weight on the same side of one half as `ml_prob`; votes are (weight, probability)."""
    total = math.fsum(weight for weight, _ in votes)
    same = math.fsum(weight for weight, vote in votes if (vote - 0.5) * (ml_prob - 0.5) > 0)
    return same / total


def _interval(heard: list[_Voice]) -> tuple[float, float] | None:
    """Weighted mean of the members' ends, over the members that give an interval."""
    known = [(voice.weight, voice.output.interval) for voice in heard if voice.output.interval is not None]
    total = math.fsum(weight for weight, _ in known)
    if not known:
        return None
    low, high = (math.fsum(weight * ends[side] for weight, ends in known) / total for side in (0, 1))
    return low, high


def _log_odds(probability: float) -> float:
    p = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(p / (1 - p))
