"""The ingest of announcements as a job: what to bring in is its argument, so another process can take it over."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from asxos.core.jobs.context import JobContext
from asxos.core.jobs.queue import JobQueue
from asxos.core.jobs.reporting import Reported
from asxos.features.news.services import NewsIngestService
from asxos.providers.news import NewsProvider

INGEST_ANNOUNCEMENTS = "ingest_announcements"


OpenNews = Callable[[Mapping[str, Any]], Awaitable[NewsProvider]]
"""The source that these arguments name: a `path`, or the simulated market that was made with them."""


class NewsJobs:
    """Repeating an ingest changes nothing that stands."""

    def __init__(self, ingest: NewsIngestService, open_news: OpenNews) -> None:
        self.ingest = ingest
        self.open_news = open_news

    def register(self, queue: JobQueue) -> None:
        """One at a time, as with prices."""
        queue.register(INGEST_ANNOUNCEMENTS, self.ingest_announcements, concurrency=1, max_attempts=3)

    async def ingest_announcements(self, context: JobContext, **source: Any) -> Mapping[str, Any]:
        """Bring one source in."""
        provider = await self.open_news(source)
        async with Reported(context) as progress:
            return asdict(await self.ingest.ingest(provider, progress))
