"""The choices of an ensemble: what decides when members disagree, and where their weights come from."""

from dataclasses import dataclass
from enum import StrEnum


class ConflictStrategy(StrEnum):
    """What decides when members disagree."""

    WEIGHTED_MAJORITY = "weighted_majority"
    """The side of the weighted mean probability, if members of at least `min_agreement` of the weight are on it."""
    UNANIMOUS = "unanimous"
    """All members must be on that side."""
    MEAN_PROBABILITY = "mean_probability"
    """The weighted mean probability alone, however many members are on its side."""
    STACKED = "stacked"
    """As MEAN_PROBABILITY, with weights learnt from what members said out of fold."""


class Weighting(StrEnum):
    """Where the members' weights come from."""

    FIXED = "fixed"
    """As configured."""
    DYNAMIC = "dynamic"
    """The configured ones, moved by how each member has done of late."""
    STACKED = "stacked"
    """Those with which the mean probability would have had the least log-loss so far."""


@dataclass(frozen=True)
class EnsembleRule:
    """`min_agreement`: least share of weight on the combined side; `min_confidence`: least probability of the side."""

    conflict_strategy: ConflictStrategy = ConflictStrategy.WEIGHTED_MAJORITY
    min_agreement: float = 0.5
    min_confidence: float = 0.53

    @property
    def needed_agreement(self) -> float:
        """The least share of weight on the combined side that this strategy asks for."""
        if self.conflict_strategy is ConflictStrategy.UNANIMOUS:
            return 1.0
        return self.min_agreement if self.conflict_strategy is ConflictStrategy.WEIGHTED_MAJORITY else 0.0


@dataclass(frozen=True)
class Limits:
    """Least and greatest weight of a member. Raises: ValueError: they are not in order within [0, 1]."""

    floor: float = 0.05
    cap: float = 0.60

    def __post_init__(self) -> None:
        if not 0 <= self.floor <= self.cap <= 1:
            raise ValueError("limits must rise within [0, 1]: floor <= cap")
