"""What can be done with signals, by noun."""

from asxos.features.signals.services.deriving import Deriver
from asxos.features.signals.services.errors import NeverRanked, NoPrices, NotExplained
from asxos.features.signals.services.ports import Market, Models, Quote, Share
from asxos.features.signals.services.publishing import Publisher
from asxos.features.signals.services.signals import GENERATE_SIGNALS, LiveView, RunReport, ShareView, SignalService
from asxos.features.signals.services.verifying import RecordService, RecordStatus, Verification

__all__ = [
    "GENERATE_SIGNALS",
    "Deriver",
    "LiveView",
    "Market",
    "Models",
    "NeverRanked",
    "NoPrices",
    "NotExplained",
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
