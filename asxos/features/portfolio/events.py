"""What portfolios do when something happened to them, to prices or to rankings."""

from asxos.core.events.types import Event, PortfolioChanged, SignalGenerated
from asxos.core.jobs.queue import JobQueue
from asxos.domain.ranking import ENSEMBLE
from asxos.features.portfolio.services import REVALUE_PORTFOLIOS, ValuationService


class PortfolioHandlers:
    """Durable. One portfolio is revalued at once, all of them by a job."""

    def __init__(self, valuations: ValuationService, jobs: JobQueue) -> None:
        self.valuations = valuations
        self.jobs = jobs

    async def handle_portfolio_changed(self, event: Event) -> None:
        """Revalue and re-score the one that changed; one that is gone needs no value."""
        assert event.user_id is not None, "a portfolio's event names its owner"
        assert event.id is not None, "a stored event has its id"
        facts = PortfolioChanged.model_validate(event.payload)
        await self.valuations.revalue(event.user_id, facts.portfolio_id, event.id)

    async def handle_price_updated(self, event: Event) -> None:
        """Revalue all, with what has just come in."""
        await self._revalue_all(event)

    async def handle_signal_generated(self, event: Event) -> None:
        """Re-score all by the latest ranking that holdings are shown with."""
        facts = SignalGenerated.model_validate(event.payload)
        if facts.model == ENSEMBLE and await self.valuations.is_latest(facts.as_of):
            await self._revalue_all(event)

    async def _revalue_all(self, event: Event) -> None:
        await self.jobs.defer(REVALUE_PORTFOLIOS, key=f"{REVALUE_PORTFOLIOS}:{event.id}", event=str(event.id))
