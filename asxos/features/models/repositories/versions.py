"""Trained versions, their artifacts and evidence, and the log of trials; all of it only grows."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import LiteralString

import polars as pl
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from asxos.core.db import Database
from asxos.core.errors import AsxosError
from asxos.core.repository import BaseRepository
from asxos.domain.validation.evidence import unpack
from asxos.features.models.records import ModelVersion, NewTrial, NewVersion, Tally, Trial, VersionSummary
from asxos.features.models.repositories.contents import read_content

# The lock makes two trainers of one model take turns, so that version numbers have no gap and no clash.
_LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('model_versions:' || %s, 0))"
_ARTIFACT: LiteralString = "INSERT INTO model_artifacts (sha256, content) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_EVIDENCE: LiteralString = "INSERT INTO model_evidence (sha256, content) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_VERSION: LiteralString = """
INSERT INTO {table} (model_id, version, as_of, trained_from, trained_through, algorithm, features,
                     artifact_sha256, evidence_sha256, recipe_sha256, manifest)
SELECT %(model_id)s, coalesce(max(version), 0) + 1, %(as_of)s, %(trained_from)s, %(trained_through)s, %(algorithm)s,
       %(features)s, %(artifact_sha256)s, %(evidence_sha256)s, %(recipe_sha256)s, %(manifest)s
FROM {table} WHERE model_id = %(model_id)s
RETURNING id
"""


class ArtifactDamaged(AsxosError):
    """A stored model is missing or not the one that was trained; it must be trained again."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"the stored model {sha256[:12]} does not have its own sha256; train it again")


class EvidenceDamaged(AsxosError):
    """Stored evidence is missing or not what was written; the version must be trained again."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"the stored evidence {sha256[:12]} does not have its own sha256; train the model again")


class TrialRepository(BaseRepository[Trial]):
    """Every training run there ever was; the best of many tries is judged by how many there were."""

    def __init__(self, db: Database) -> None:
        super().__init__("model_trials", Trial, db)

    async def append(self, trial: NewTrial) -> int:
        """Log a run; the same run again is a run again. Returns its id."""
        return await self.insert(asdict(trial))

    async def tally(self) -> Tally:
        """Of all runs of all models."""
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(Tally)) as cursor:
            await cursor.execute(
                "SELECT count(*) AS trials, coalesce(var_samp(sharpe), 0) AS variance FROM model_trials"
            )
            found = await cursor.fetchone()
        assert found is not None
        return found


class ModelVersionRepository(BaseRepository[ModelVersion]):
    """Versions by model and date; artifact and evidence apart, by their hashes, because lists do not need them."""

    def __init__(self, db: Database) -> None:
        super().__init__("model_versions", ModelVersion, db)
        self.trials = TrialRepository(db)

    async def append(self, new: NewVersion) -> ModelVersion:
        """Log the trial and store a version under the model's next number.

        The same training stored before is returned as it stands; it is a trial all the same.
        """
        values = _values(new)
        async with self.db.transaction() as connection:
            await connection.execute(_LOCK, [new.model_id])
            await self.trials.append(new.trial)
            if (stored := await self._find_same(values)) is not None:
                return stored
            await connection.execute(_ARTIFACT, [values["artifact_sha256"], new.artifact])
            await connection.execute(_EVIDENCE, [values["evidence_sha256"], new.evidence])
            row = await (await connection.execute(self._sql(_VERSION), values)).fetchone()
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

    async def summaries(self, model_id: str, limit: int = 100) -> list[VersionSummary]:
        """The versions of a model, newest first."""
        query = (
            "SELECT version, as_of, created_at FROM model_versions WHERE model_id = %s"
            " ORDER BY as_of DESC, version DESC LIMIT %s"
        )
        async with (
            self.db.connection() as connection,
            connection.cursor(row_factory=class_row(VersionSummary)) as cursor,
        ):
            await cursor.execute(query, [model_id, limit])
            return await cursor.fetchall()

    async def find_version(self, model_id: str, version: int) -> ModelVersion | None:
        """One version by its number, or None."""
        return await self._one("SELECT * FROM {table} WHERE model_id = %s AND version = %s", [model_id, version])

    async def get_artifact(self, sha256: str) -> str:
        """The text of a stored model. Raises: ArtifactDamaged: it is missing or is not what its hash says."""
        content = await read_content(self.db, "model_artifacts", sha256)
        if content is None:
            raise ArtifactDamaged(sha256)
        return content.decode()

    async def get_evidence(self, sha256: str) -> pl.DataFrame:
        """A version's out-of-fold record as `domain.validation.evidence` describes it.

        Raises: EvidenceDamaged: it is missing or is not what its hash says.
        """
        content = await read_content(self.db, "model_evidence", sha256)
        if content is None:
            raise EvidenceDamaged(sha256)
        return await asyncio.to_thread(unpack, content)

    async def _find_same(self, values: Mapping[str, object]) -> ModelVersion | None:
        return await self._one(
            "SELECT * FROM {table} WHERE model_id = %(model_id)s AND as_of = %(as_of)s"
            " AND artifact_sha256 = %(artifact_sha256)s AND evidence_sha256 = %(evidence_sha256)s"
            " AND recipe_sha256 = %(recipe_sha256)s AND manifest = %(manifest)s LIMIT 1",
            values,
        )


def _values(new: NewVersion) -> dict[str, object]:
    return {
        "model_id": new.model_id,
        "as_of": new.as_of,
        "trained_from": new.trained_from,
        "trained_through": new.trained_through,
        "algorithm": new.algorithm,
        "features": new.features,
        "artifact_sha256": hashlib.sha256(new.artifact.encode()).hexdigest(),
        "evidence_sha256": hashlib.sha256(new.evidence).hexdigest(),
        "recipe_sha256": new.recipe_sha256,
        "manifest": Jsonb(new.manifest),
    }
