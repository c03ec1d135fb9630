"""What signals do when something happened elsewhere."""

from asxos.core.events.types import Event, SignalGenerated
from asxos.core.jobs.queue import JobQueue
from asxos.features.signals.repositories import DEFAULT_MODEL
from asxos.features.signals.services import GENERATE_SIGNALS, SETTLE_OUTCOMES


def ranking_key(event: Event) -> str:
    """The key under which new prices are ranked: whoever asks first, it happens once."""
    return f"{GENERATE_SIGNALS}:{event.id}"


class SignalHandlers:
    """Durable; each turns an event into a job."""

    def __init__(self, jobs: JobQueue) -> None:
        self.jobs = jobs

    async def handle_price_updated(self, event: Event) -> None:
        """Rank the latest session again, with what has just come in, and settle what has come due."""
        await self.jobs.defer(GENERATE_SIGNALS, key=ranking_key(event))
        await self._settle(event)

    async def handle_signal_generated(self, event: Event) -> None:
        """Settle a session of the past that was ranked just now; the ensemble speaks last."""
        if SignalGenerated.model_validate(event.payload).model == DEFAULT_MODEL:
            await self._settle(event)

    async def _settle(self, event: Event) -> None:
        await self.jobs.defer(SETTLE_OUTCOMES, key=f"{SETTLE_OUTCOMES}:{event.id}")
