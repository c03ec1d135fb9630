"""Several models, one word: who has a voice, what it weighs, and how voices become one ranking."""

from asxos.domain.ensemble.combining import combine
from asxos.domain.ensemble.pooling import Opinions, Pooled, pool
from asxos.domain.ensemble.rules import ConflictStrategy, EnsembleRule, Limits, Weighting
from asxos.domain.ensemble.voices import Standing, Voices, voices

__all__ = [
    "ConflictStrategy",
    "EnsembleRule",
    "Limits",
    "Opinions",
    "Pooled",
    "Standing",
    "Voices",
    "Weighting",
    "combine",
    "pool",
    "voices",
]
