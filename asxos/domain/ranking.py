"""A ranking: what one model, or the ensemble, says of a whole universe on one session, and why."""

from dataclasses import dataclass
from datetime import date

from asxos.domain.signals import ModelOutput


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
    outputs: tuple[ModelOutput, ...]
    explanations: tuple[Explanation, ...] = ()
