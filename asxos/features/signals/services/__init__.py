"""What can be done with signals, by noun."""

from asxos.features.signals.services.deriving import Deriver
from asxos.features.signals.services.errors import NeverRanked, NoPrices, NotExplained
from asxos.features.signals.services.outcomes import SETTLE_OUTCOMES, ModelOutcomes, OutcomeService
from asxos.features.signals.services.ports import Market, Models, Quote, Share
from asxos.features.signals.services.publishing import Publisher
from asxos.features.signals.services.signals import GENERATE_SIGNALS, LiveView, RunReport, ShareView, SignalService
from asxos.features.signals.services.verifying import RecordService, RecordStatus, Verification

__all__ = [
    "GENERATE_SIGNALS",
    "SETTLE_OUTCOMES",
    "Deriver",
    "LiveView",
    "Market",
    "ModelOutcomes",
    "Models",
    "NeverRanked",
    "NoPrices",
    "NotExplained",
    "OutcomeService",
    "Publisher",
    "Quote",
    "RecordService",
    "RecordStatus",
    "RunReport",
    "Share",
    "ShareView",
    "SignalService",
    "Verification",
]
