"""The JSON of the signals API. Fractions are numbers; a missing value is null, never 0."""

from asxos.features.signals.schemas.outcomes import OutcomePartOut, OutcomesOut
from asxos.features.signals.schemas.record import RecordOut, VerificationOut
from asxos.features.signals.schemas.signals import (
    ComparedOut,
    ComparisonOut,
    ExplanationOut,
    FactorWords,
    HistoryOut,
    LiveSignalsOut,
    PastSignalOut,
    ReasonOut,
    RunAccepted,
    RunRequest,
    ShareSignalsOut,
    SignalOut,
)

__all__ = [
    "ComparedOut",
    "ComparisonOut",
    "ExplanationOut",
    "FactorWords",
    "HistoryOut",
    "LiveSignalsOut",
    "OutcomePartOut",
    "OutcomesOut",
    "PastSignalOut",
    "ReasonOut",
    "RecordOut",
    "RunAccepted",
    "RunRequest",
    "ShareSignalsOut",
    "SignalOut",
    "VerificationOut",
]
