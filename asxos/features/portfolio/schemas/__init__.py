"""The JSON of the portfolio API. Money and quantities are strings, exact; what is not known is null, never 0."""

from asxos.features.portfolio.schemas.attribution import AttributionOut
from asxos.features.portfolio.schemas.holdings import HoldingOut, HoldingsOut
from asxos.features.portfolio.schemas.imports import ImportOut, ImportRowOut, PastImportOut
from asxos.features.portfolio.schemas.income import IncomeOut
from asxos.features.portfolio.schemas.lines import LineIn, LineOut, LinesOut
from asxos.features.portfolio.schemas.performance import HoldingPerformanceOut, PerformanceOut
from asxos.features.portfolio.schemas.portfolios import PortfolioIn, PortfolioOut, PortfoliosOut
from asxos.features.portfolio.schemas.rebalancing import RebalanceIn, RebalanceOrderOut, RebalanceOut
from asxos.features.portfolio.schemas.risk import RiskOut, SeriesRiskOut, TailOut
from asxos.features.portfolio.schemas.valuations import ValuationOut
from asxos.features.portfolio.schemas.watchlists import WatchIn, WatchlistsOut

__all__ = [
    "AttributionOut",
    "HoldingOut",
    "HoldingPerformanceOut",
    "HoldingsOut",
    "ImportOut",
    "ImportRowOut",
    "IncomeOut",
    "LineIn",
    "LineOut",
    "LinesOut",
    "PastImportOut",
    "PerformanceOut",
    "PortfolioIn",
    "PortfolioOut",
    "PortfoliosOut",
    "RebalanceIn",
    "RebalanceOrderOut",
    "RebalanceOut",
    "RiskOut",
    "SeriesRiskOut",
    "TailOut",
    "ValuationOut",
    "WatchIn",
    "WatchlistsOut",
]
