"""SQL for the market's tables, one repository a noun; no rules."""

from asxos.features.market.repositories.actions import ActionRepository
from asxos.features.market.repositories.indices import IndexRepository
from asxos.features.market.repositories.ingests import IngestRepository
from asxos.features.market.repositories.panels import PanelRepository
from asxos.features.market.repositories.prices import PriceRepository
from asxos.features.market.repositories.quarantine import QuarantineRepository
from asxos.features.market.repositories.quotes import QuoteRepository
from asxos.features.market.repositories.securities import SecurityRepository
from asxos.features.market.repositories.sessions import SessionRepository

__all__ = [
    "ActionRepository",
    "IndexRepository",
    "IngestRepository",
    "PanelRepository",
    "PriceRepository",
    "QuarantineRepository",
    "QuoteRepository",
    "SecurityRepository",
    "SessionRepository",
]
