"""SQL for models of words and for the tones that they read."""

from datetime import date

import polars as pl

from asxos.core.columnar import Layout, copy_in
from asxos.core.db import Database
from asxos.core.repository import BaseRepository
from asxos.features.news.records import TextModelVersion

_TONES = Layout({"tone": "double precision", "announcement_id": "bigint", "text_model_id": "integer"})


class TextModelRepository(BaseRepository[TextModelVersion]):
    """`text_models` and `learnt_tones`, both append-only."""

    def __init__(self, db: Database) -> None:
        super().__init__("text_models", TextModelVersion, db)

    async def all(self) -> list[TextModelVersion]:
        """Every model, earliest first."""
        return await self._all("SELECT id, as_of, artifact, sha256 FROM {table} ORDER BY as_of", [])

    async def append(self, as_of: date, artifact: str, sha256: str) -> TextModelVersion:
        """Store a model."""
        id = await self.insert({"as_of": as_of, "artifact": artifact, "sha256": sha256})
        return TextModelVersion(id, as_of, artifact, sha256)

    async def add_tones(self, tones: pl.DataFrame) -> None:
        """Store learnt tones: `announcement_id, text_model_id, tone`, each announcement once."""
        async with self.db.transaction() as connection:
            await copy_in(connection, "learnt_tones", _TONES, tones)
