"""SQL for the signals tables, a file a noun; no rules, no events."""

from asxos.features.signals.repositories.log import SignalLog, VerificationRepository
from asxos.features.signals.repositories.outcomes import OutcomeRepository
from asxos.features.signals.repositories.reasons import ReasonRepository
from asxos.features.signals.repositories.signals import (
    DEFAULT_MODEL,
    EVERYTHING,
    NoSignals,
    SignalFilter,
    SignalRepository,
)

__all__ = [
    "DEFAULT_MODEL",
    "EVERYTHING",
    "NoSignals",
    "OutcomeRepository",
    "ReasonRepository",
    "SignalFilter",
    "SignalLog",
    "SignalRepository",
    "VerificationRepository",
]
