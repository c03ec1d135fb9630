"""SQL for the models tables, which only grow; no rules, no events."""

import hashlib
from datetime import date
from typing import LiteralString

from psycopg.types.json import Jsonb

from asxos.core.db import Database
from asxos.core.errors import AsxosError
from asxos.core.repository import BaseRepository
from asxos.features.models.records import ModelVersion, NewVersion

# The lock makes two trainers of one model take turns, so that version numbers have no gap and no clash.
_LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('model_versions:' || %s, 0))"
_ARTIFACT: LiteralString = "INSERT INTO model_artifacts (sha256, content) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_VERSION: LiteralString = """
INSERT INTO {table} (model_id, version, as_of, trained_from, trained_through, algorithm, features,
                     artifact_sha256, recipe_sha256, manifest)
SELECT %(model_id)s, coalesce(max(version), 0) + 1, %(as_of)s, %(trained_from)s, %(trained_through)s, %(algorithm)s,
       %(features)s, %(artifact_sha256)s, %(recipe_sha256)s, %(manifest)s
FROM {table} WHERE model_id = %(model_id)s
RETURNING id
"""


class ArtifactDamaged(AsxosError):
    """A stored model is missing or not the one that was trained; it must be trained again."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"the stored model {sha256[:12]} does not have its own sha256; train it again")


class ModelVersionRepository(BaseRepository[ModelVersion]):
    """Versions by model and date; the artifact apart, by its hash, because lists do not need it."""

    def __init__(self, db: Database) -> None:
        super().__init__("model_versions", ModelVersion, db)

    async def append(self, new: NewVersion) -> ModelVersion:
        """Store a version under the model's next number; the same training stored before is returned as it stands."""
        sha256 = hashlib.sha256(new.artifact.encode()).hexdigest()
        async with self.db.transaction() as connection:
            await connection.execute(_LOCK, [new.model_id])
            if (stored := await self._find_same(new, sha256)) is not None:
                return stored
            await connection.execute(_ARTIFACT, [sha256, new.artifact])
            row = await (await connection.execute(self._sql(_VERSION), _values(new, sha256))).fetchone()
            assert row is not None
            stored = await self.find_by_id(row[0])
        assert stored is not None
        return stored

    async def find_newest(self, model_id: str, as_of: date | None = None) -> ModelVersion | None:
        """The newest version trained on data up to `as_of` or before (default: of all), or None."""
        return await self._one(
            "SELECT * FROM {table} WHERE model_id = %s AND (%s::date IS NULL OR as_of <= %s)"
            " ORDER BY as_of DESC, version DESC LIMIT 1",
            [model_id, as_of, as_of],
        )

    async def get_artifact(self, sha256: str) -> str:
        """The text of a stored model. Raises: ArtifactDamaged: it is missing or is not what its hash says."""
        async with self.db.connection() as connection:
            row = await (
                await connection.execute("SELECT content FROM model_artifacts WHERE sha256 = %s", [sha256])
            ).fetchone()
        if row is None or hashlib.sha256(row[0].encode()).hexdigest() != sha256:
            raise ArtifactDamaged(sha256)
        return str(row[0])

    async def _find_same(self, new: NewVersion, sha256: str) -> ModelVersion | None:
        return await self._one(
            "SELECT * FROM {table} WHERE model_id = %s AND as_of = %s AND artifact_sha256 = %s AND recipe_sha256 = %s"
            " AND manifest = %s LIMIT 1",
            [new.model_id, new.as_of, sha256, new.recipe_sha256, Jsonb(new.manifest)],
        )


def _values(new: NewVersion, sha256: str) -> dict[str, object]:
    return {
        "model_id": new.model_id,
        "as_of": new.as_of,
        "trained_from": new.trained_from,
        "trained_through": new.trained_through,
        "algorithm": new.algorithm,
        "features": new.features,
        "artifact_sha256": sha256,
        "recipe_sha256": new.recipe_sha256,
        "manifest": Jsonb(new.manifest),
    }
