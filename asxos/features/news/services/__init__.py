"""What can be done with news: bring announcements in, learn from their reception, read them as they were known."""

from asxos.features.news.services.errors import MixedNews
from asxos.features.news.services.ingest import NewsIngestService
from asxos.features.news.services.learning import LearningService
from asxos.features.news.services.reading import NewsPage, NewsService

__all__ = ["LearningService", "MixedNews", "NewsIngestService", "NewsPage", "NewsService"]
