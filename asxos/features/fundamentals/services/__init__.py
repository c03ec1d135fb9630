"""What can be done with facts about companies: bring them in, read them as they were known."""

from asxos.features.fundamentals.services.errors import BadFactsFile, NoFactsOf, RealFactsOfInventedShares
from asxos.features.fundamentals.services.ingest import FactIngestService
from asxos.features.fundamentals.services.reading import FundamentalService, History
from asxos.features.fundamentals.services.stores import Books

__all__ = [
    "BadFactsFile",
    "Books",
    "FactIngestService",
    "FundamentalService",
    "History",
    "NoFactsOf",
    "RealFactsOfInventedShares",
]
