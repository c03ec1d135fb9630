"""What can be done with portfolios, one file a noun."""

from asxos.features.portfolio.services.holdings import HoldingsService
from asxos.features.portfolio.services.importing import ImportService
from asxos.features.portfolio.services.ledgers import LedgerService
from asxos.features.portfolio.services.watchlists import WatchlistService

__all__ = ["HoldingsService", "ImportService", "LedgerService", "WatchlistService"]
