"""SQL for portfolios, one file a noun; no query reads or writes without the owner."""

from asxos.features.portfolio.repositories.imports import ImportRepository
from asxos.features.portfolio.repositories.ledgers import LedgerRepository
from asxos.features.portfolio.repositories.portfolios import NameTaken, PortfolioRepository, UnknownPortfolio
from asxos.features.portfolio.repositories.valuations import ValuationRepository
from asxos.features.portfolio.repositories.watchlists import WatchlistRepository

__all__ = [
    "ImportRepository",
    "LedgerRepository",
    "NameTaken",
    "PortfolioRepository",
    "UnknownPortfolio",
    "ValuationRepository",
    "WatchlistRepository",
]
