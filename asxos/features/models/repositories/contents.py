"""What is stored under its own sha256: read, and held to it."""

import hashlib
from typing import LiteralString

from psycopg import sql

from asxos.core.db import Database


async def read_content(db: Database, table: LiteralString, sha256: str) -> bytes | None:
    """The `content` (text or bytes) of `table` under a hash; None where it is missing or is not what its hash says."""
    query = sql.SQL("SELECT content FROM {} WHERE sha256 = %s").format(sql.Identifier(table))
    async with db.connection() as connection:
        row = await (await connection.execute(query, [sha256], binary=True)).fetchone()
    if row is None:
        return None
    content = row[0].encode() if isinstance(row[0], str) else bytes(row[0])
    return content if hashlib.sha256(content).hexdigest() == sha256 else None
