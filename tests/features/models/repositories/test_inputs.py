import asyncio

import polars as pl
import psycopg
import pytest

from asxos.core.db import Database
from asxos.features.models.repositories import InputDamaged, InputRepository

FRAME = pl.DataFrame({"security_id": [1, 2], "sector": ["Energy", None]})


async def test_an_input_is_kept_once_and_read_back_whole(db: Database) -> None:
    inputs = InputRepository(db)
    kept = [await inputs.keep(frame) for frame in (FRAME, FRAME.clone(), FRAME.head(1))]
    assert kept[0] == kept[1] != kept[2]
    assert (await inputs.get(kept[0])).equals(FRAME)
    async with db.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM model_inputs")
        assert await cursor.fetchone() == (2,)


async def test_an_input_that_is_missing_or_damaged_says_so(db: Database) -> None:
    inputs = InputRepository(db)
    kept = await inputs.keep(FRAME)
    async with db.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE model_inputs SET content = content || 'x'")
    for sha256 in (kept, "0" * 64):
        with pytest.raises(InputDamaged):
            await inputs.get(sha256)


async def test_what_a_running_transaction_may_yet_store_is_not_settled(db: Database, database_url: str) -> None:
    inputs = InputRepository(db)
    async with await psycopg.AsyncConnection.connect(database_url) as writer:
        await writer.execute("CREATE TABLE stored (recorded_at timestamptz NOT NULL DEFAULT now())")
        await writer.commit()
        # given a transaction that has written and not ended
        await writer.execute("INSERT INTO stored DEFAULT VALUES")
        await asyncio.sleep(0.01)
        settled = await inputs.settled()
        await writer.commit()
        # then what it stored counts as stored after, and once it has ended, as stored before
        for instant, count in ((settled, 0), (await inputs.settled(), 1)):
            cursor = await writer.execute("SELECT count(*) FROM stored WHERE recorded_at < %s", [instant])
            assert await cursor.fetchone() == (count,)
