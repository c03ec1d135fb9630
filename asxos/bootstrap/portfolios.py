"""Portfolios and their tax, joined."""

from dataclasses import dataclass

from asxos.core.clock import Clock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.features.fundamentals.services import FundamentalService
from asxos.features.market.services import MarketService
from asxos.features.portfolio.repositories import (
    ImportRepository,
    LedgerRepository,
    PortfolioRepository,
    ValuationRepository,
    WatchlistRepository,
)
from asxos.features.portfolio.services import (
    AttributionService,
    BenchmarkService,
    CandidateService,
    HistoryService,
    HoldingsService,
    ImportService,
    IncomeService,
    LedgerService,
    PerformanceService,
    RebalancingService,
    RiskService,
    ValuationService,
    WatchlistService,
)
from asxos.features.signals.services import SignalService
from asxos.features.tax.repositories import CpiRepository
from asxos.features.tax.services import CpiService, PreviewService, TaxService


@dataclass(frozen=True)
class Portfolios:
    """The services of portfolios: their ledgers, what they are worth, earned, risk and owe, and what to do next."""

    ledgers: LedgerService
    imports: ImportService
    holdings: HoldingsService
    valuations: ValuationService
    income: IncomeService
    performance: PerformanceService
    attribution: AttributionService
    risk: RiskService
    tax: TaxService
    previews: PreviewService
    cpi: CpiService
    rebalancing: RebalancingService
    watchlists: WatchlistService


def join_portfolios(
    market: MarketService,
    signals: SignalService,
    companies: FundamentalService,
    *,
    tax_reform: bool,
    clock: Clock,
    db: Database,
    event_bus: EventBus,
) -> Portfolios:
    ledgers = LedgerService(PortfolioRepository(db), LedgerRepository(db), clock=clock, db=db, event_bus=event_bus)
    holdings = HoldingsService(ledgers, prices=market, signals=signals)
    histories, benchmarks = HistoryService(ledgers, prices=market), BenchmarkService(prices=market)
    candidates = CandidateService(prices=market, signals=signals, companies=companies)
    cpi = CpiRepository(db)
    tax = TaxService(ledgers, cpi, market=market, reform=tax_reform)
    return Portfolios(
        ledgers=ledgers,
        imports=ImportService(ImportRepository(db), ledgers, prices=market, db=db),
        holdings=holdings,
        valuations=ValuationService(ValuationRepository(db), holdings, db=db),
        income=IncomeService(ledgers, prices=market),
        performance=PerformanceService(histories, benchmarks, prices=market),
        attribution=AttributionService(histories, prices=market),
        risk=RiskService(holdings, histories, benchmarks, prices=market),
        tax=tax,
        previews=PreviewService(tax),
        cpi=CpiService(cpi, clock=clock),
        rebalancing=RebalancingService(holdings, candidates, taxes=tax, prices=market, clock=clock),
        watchlists=WatchlistService(WatchlistRepository(db), prices=market, signals=signals),
    )
