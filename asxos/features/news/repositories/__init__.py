"""SQL for news, one repository a noun; no rules."""

from asxos.features.news.repositories.announcements import AnnouncementRepository
from asxos.features.news.repositories.text_models import TextModelRepository

__all__ = ["AnnouncementRepository", "TextModelRepository"]
