"""What can be done with signals, by noun."""

from asxos.features.signals.services.errors import NeverRanked, NoPrices, NotExplained
from asxos.features.signals.services.ports import Market, Models, Quote, Share
from asxos.features.signals.services.signals import GENERATE_SIGNALS, LiveView, RunReport, ShareView, SignalService

__all__ = [
    "GENERATE_SIGNALS",
    "LiveView",
    "Market",
    "Models",
    "NeverRanked",
    "NoPrices",
    "NotExplained",
    "Quote",
    "RunReport",
    "Share",
    "ShareView",
    "SignalService",
]
