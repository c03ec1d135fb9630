"""Models of words: learnt twice a year from how the market took earlier news, and the tones they read."""

import asyncio
import hashlib
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from asxos.core.progress import Progress
from asxos.domain.facts import session_known
from asxos.domain.text.lessons import learn_by, learning_days
from asxos.domain.text.model import TextModel
from asxos.domain.text.reactions import reactions
from asxos.features.news.records import TextModelVersion
from asxos.features.news.repositories import AnnouncementRepository, TextModelRepository
from asxos.features.news.services.errors import DamagedTextModel
from asxos.features.news.services.ports import Market

SEED = 7
# Prices before the first announcement, for the usual size of a share's returns then.
PRICES_BEFORE = timedelta(days=150)


class LearningService:
    """A model is made once and never again; an announcement is read once, by the newest model of earlier ones."""

    def __init__(self, announcements: AnnouncementRepository, models: TextModelRepository, *, market: Market) -> None:
        self.announcements = announcements
        self.models = models
        self.market = market

    async def catch_up(self, progress: Progress) -> tuple[int, int]:
        """Learn what is due and read what is unread; how many models were made and how many announcements read.

        Receptions are measured on prices as known now: a correction that came after a model's day may have changed one.
        Raises: DamagedTextModel.
        """
        told = await self.announcements.worded()
        told = told.with_columns(known_on=session_known(pl.col("known_at")))
        stored = await self.models.all()
        made = await self._learn(told, stored, progress) if not told.is_empty() else []
        versions = sorted([*stored, *made], key=lambda version: version.as_of)
        tones = await asyncio.to_thread(read, told, versions)
        await self.models.add_tones(tones)
        return len(made), tones.height

    async def _learn(
        self, told: pl.DataFrame, stored: list[TextModelVersion], progress: Progress
    ) -> list[TextModelVersion]:
        """Models of the days that have none yet and by which enough was known."""
        first, last = told["known_on"][0], told["known_on"][-1]
        due = [day for day in learning_days(first, last) if day not in {version.as_of for version in stored}]
        made: list[TextModelVersion] = []
        received = await self._received(told, first) if due else told
        for done, day in enumerate(due, start=1):
            model = await asyncio.to_thread(learn_by, received, day, SEED)
            if model is not None:
                artifact = model.to_json()
                made.append(await self.models.append(day, artifact, sha256_of(artifact)))
            progress.advance(done / len(due), f"{day:%B %Y}")
        return made

    async def _received(self, told: pl.DataFrame, first: date) -> pl.DataFrame:
        """The announcements with how the market took them."""
        panel = await self.market.panel(since=first - PRICES_BEFORE)
        return told.hstack(await asyncio.to_thread(reactions, panel, told))


def read(told: pl.DataFrame, versions: list[TextModelVersion]) -> pl.DataFrame:
    """`announcement_id, text_model_id, tone` of what has none, each by the newest version made before it was known.

    Args: told: WORDED with `known_on`. versions: earliest first. Raises: DamagedTextModel.
    """
    parts = [pl.DataFrame(schema={"announcement_id": pl.Int64, "text_model_id": pl.Int32, "tone": pl.Float64})]
    in_force = pairwise([*(version.as_of for version in versions), date.max])
    for version, (after, until) in zip(versions, in_force, strict=True):
        mine = told.filter(~pl.col("is_read"), pl.col("known_on") > after, pl.col("known_on") <= until)
        if mine.height:
            tones = loaded(version).tones(mine["headline"])
            parts.append(mine.select(announcement_id="id", text_model_id=pl.lit(version.id, pl.Int32), tone=tones))
    return pl.concat(parts)


def loaded(version: TextModelVersion) -> TextModel:
    """The model of a version. Raises: DamagedTextModel."""
    if sha256_of(version.artifact) != version.sha256:
        raise DamagedTextModel(version.id)
    return TextModel.from_json(version.artifact)


def sha256_of(artifact: str) -> str:
    return hashlib.sha256(artifact.encode()).hexdigest()
