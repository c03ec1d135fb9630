"""What can be done with portfolios, one file a noun."""

from asxos.features.portfolio.services.attribution import AttributionService
from asxos.features.portfolio.services.benchmarks import BenchmarkService
from asxos.features.portfolio.services.candidates import CandidateService
from asxos.features.portfolio.services.histories import HistoryService
from asxos.features.portfolio.services.holdings import HoldingsService
from asxos.features.portfolio.services.importing import ImportService
from asxos.features.portfolio.services.income import IncomeService
from asxos.features.portfolio.services.ledgers import LedgerService
from asxos.features.portfolio.services.performance import PerformanceService
from asxos.features.portfolio.services.rebalancing import RebalancingService
from asxos.features.portfolio.services.risk import RiskService
from asxos.features.portfolio.services.valuations import REVALUE_PORTFOLIOS, ValuationService
from asxos.features.portfolio.services.watchlists import WatchlistService

__all__ = [
    "REVALUE_PORTFOLIOS",
    "AttributionService",
    "BenchmarkService",
    "CandidateService",
    "HistoryService",
    "HoldingsService",
    "ImportService",
    "IncomeService",
    "LedgerService",
    "PerformanceService",
    "RebalancingService",
    "RiskService",
    "ValuationService",
    "WatchlistService",
]
