"""Who has a voice in the ensemble: models that passed the gate; where none did, the plain rules."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

BASELINES_SPEAK = "no weighted model has passed the gate: the baselines speak"
ALL_SPEAK = "no model has passed the gate: all speak"


@dataclass(frozen=True)
class Standing:
    """One enabled model: its configured weight, and whether a version of it is champion."""

    model: str
    weight: float
    is_champion: bool
    is_baseline: bool


@dataclass(frozen=True)
class Voices:
    """Weights of those that speak, sum 1; `note` says so if they do without having passed the gate."""

    weights: dict[str, float]
    note: str | None = None


def voices(standings: Sequence[Standing]) -> Voices:
    """The champions by their weights; if none has weight, the baselines, and without baselines all: somebody speaks."""
    champions = [s for s in standings if s.is_champion]
    if any(s.weight > 0 for s in champions):
        return Voices(_scaled(champions))
    baselines = [s for s in standings if s.is_baseline]
    return Voices(_scaled(baselines), BASELINES_SPEAK) if baselines else Voices(_scaled(standings), ALL_SPEAK)


def _scaled(standings: Sequence[Standing]) -> dict[str, float]:
    """Weights of sum 1 of those that have any; equal ones where none has."""
    total = math.fsum(s.weight for s in standings)
    if total == 0:
        return {s.model: 1 / len(standings) for s in standings}
    return {s.model: s.weight / total for s in standings if s.weight > 0}
