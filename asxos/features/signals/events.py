"""What signals do when something happened elsewhere."""

from asxos.core.events.types import Event
from asxos.core.jobs.queue import JobQueue
from asxos.features.signals.services import GENERATE_SIGNALS


def ranking_key(event: Event) -> str:
    """The key under which new prices are ranked: whoever asks first, it happens once."""
    return f"{GENERATE_SIGNALS}:{event.id}"


class SignalHandlers:
    """Durable; each turns an event into a job."""

    def __init__(self, jobs: JobQueue) -> None:
        self.jobs = jobs

    async def handle_price_updated(self, event: Event) -> None:
        """Rank the latest session again, with what has just come in."""
        await self.jobs.defer(GENERATE_SIGNALS, key=ranking_key(event))
