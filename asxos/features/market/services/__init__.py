"""What can be done with the market: ingest it, read it, look shares up."""

from asxos.features.market.services.errors import BadReferenceFile, MalformedSymbol, MixedMarkets, UnknownSymbol
from asxos.features.market.services.ingest import IngestService
from asxos.features.market.services.market import MarketService, PriceHistory, SecurityView
from asxos.features.market.services.reference import ReferenceService
from asxos.features.market.services.stores import Stores

__all__ = [
    "BadReferenceFile",
    "IngestService",
    "MalformedSymbol",
    "MarketService",
    "MixedMarkets",
    "PriceHistory",
    "ReferenceService",
    "SecurityView",
    "Stores",
    "UnknownSymbol",
]
