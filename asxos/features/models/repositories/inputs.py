"""SQL for inputs of rankings that are nowhere else kept as they were."""

import hashlib
from datetime import datetime

import polars as pl

from asxos.core.db import Database
from asxos.core.errors import AsxosError
from asxos.domain.validation.evidence import pack, unpack
from asxos.features.models.repositories.contents import read_content


class InputDamaged(AsxosError):
    """A kept input is missing or not what it was."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"the kept input {sha256[:12]} does not have its own sha256")


class InputRepository:
    """Small frames by the hash of their bytes; the same frame is kept once."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def settled(self) -> datetime:
        """The instant before which every transaction that wrote has ended: what was stored before it can be read again.

        Rows are dated by the start of their transaction, and one that still runs may yet add such rows.
        """
        query = (
            "SELECT least(now(), min(xact_start)) FROM pg_stat_activity"
            " WHERE backend_xid IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        async with self.db.connection() as connection:
            row = await (await connection.execute(query)).fetchone()
        assert row is not None
        return row[0]

    async def keep(self, frame: pl.DataFrame) -> str:
        """Store a frame, unless it is; returns its sha256."""
        content = pack(frame)
        sha256 = hashlib.sha256(content).hexdigest()
        query = "INSERT INTO model_inputs (sha256, content) VALUES (%s, %s) ON CONFLICT DO NOTHING"
        async with self.db.connection() as connection:
            await connection.execute(query, [sha256, content])
        return sha256

    async def get(self, sha256: str) -> pl.DataFrame:
        """A frame by its sha256. Raises: InputDamaged."""
        content = await read_content(self.db, "model_inputs", sha256)
        if content is None:
            raise InputDamaged(sha256)
        return unpack(content)
