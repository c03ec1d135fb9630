"""A ranking: what one model, or the ensemble, says of a whole universe on one session, and why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from asxos.domain.ensemble import EnsembleRule
from asxos.domain.signals import ModelOutput, Thresholds
from asxos.domain.universe import UniverseRule

ENSEMBLE = "ensemble"
"""The name under which the models speak together; no model's id."""
SHADOW = re.compile(r"_v[0-9]+$")
"""What the name of a challenger's predictions beside its champion's ends in; no model's id does."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Which prices and corporate actions: up to session `as_of`, known by `known_at`, as ingest `ingest_id` left them.

    None does not narrow.
    """

    as_of: date | None
    known_at: datetime | None
    ingest_id: int


@dataclass(frozen=True, slots=True)
class FactsUsed:
    """Which facts about companies: known on `as_of`, stored before an instant; and the sectors kept under a hash."""

    as_of: date
    recorded_before: datetime
    sectors_sha256: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """What, beside prices, decides a session's rankings: the same again gives the same rankings, to the bit.

    `versions`: of each model, None for one that does not learn; `weights` of the ensemble; `notes`: what is to be said
    of a whole ranking, by its model's name, or why there is none of a model; `horizon` in sessions.
    """

    versions: Mapping[str, int | None]
    weights: Mapping[str, float]
    notes: Mapping[str, str]
    rule: EnsembleRule
    thresholds: Thresholds
    universe: UniverseRule
    horizon: int
    facts: FactsUsed

    def absent(self, ensemble: str) -> dict[str, str]:
        """Why models have no ranking, by their names."""
        ranked = {*self.versions, ensemble}
        return {name: note for name, note in self.notes.items() if name not in ranked}

    def of(self, model: str) -> Self:
        """The part that decides one model's own ranking."""
        notes = {name: note for name, note in self.notes.items() if name == model}
        return replace(self, versions={model: self.versions[model]}, weights={}, notes=notes)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Additive reasons of one score: `base` plus the contributions is `score`, all in `unit`.

    `values` are the factors' values as the share had them; None is missing, never 0.
    """

    symbol: str
    unit: str
    base: float
    score: float
    factors: tuple[str, ...]
    values: tuple[float | None, ...]
    contributions: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best first; `explanations` only from models that can explain themselves."""

    model: str
    as_of: date
    recipe: Recipe
    outputs: tuple[ModelOutput, ...]
    explanations: tuple[Explanation, ...] = ()

    @property
    def is_shadow(self) -> bool:
        """Whether it is a challenger's beside its champion's: kept to compare, not published."""
        return SHADOW.search(self.model) is not None


def shadow_name(model_id: str, version: int) -> str:
    """The name under which a challenger's predictions are kept."""
    return f"{model_id}_v{version}"


def model_of(name: str) -> str:
    """The id of the model behind a ranking's name."""
    return SHADOW.sub("", name)
