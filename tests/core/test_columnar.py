import asyncio
from datetime import UTC, date, datetime

import polars as pl
import pytest
from psycopg import errors, sql

from asxos.core.columnar import BLOCK_ROWS, BrokenCopy, Layout, copy_in, copy_out
from asxos.core.copying import SIGNATURE, TRAILER
from asxos.core.db import Database

LAYOUT = Layout(
    {
        "small": "smallint",
        "normal": "integer",
        "big": "bigint",
        "price": "double precision",
        "day": "date",
        "at": "timestamptz",
    }
)
ROWS = pl.DataFrame(
    {
        "small": [-1, 32_767],
        "normal": [-1, 2**31 - 1],
        "big": [-(2**63), 2**63 - 1],
        "price": [0.1, -1e300],
        "day": [date(1969, 12, 31), date(2026, 11, 20)],
        "at": [datetime(1999, 12, 31, 23, 59, 59, 999_999, UTC), datetime(2026, 11, 20, 5, 21, 30, tzinfo=UTC)],
    },
    schema=LAYOUT.schema,
)


@pytest.fixture
async def table(db: Database) -> str:
    columns = ", ".join(f"{name} {kind}" for name, kind in LAYOUT.columns.items())
    async with db.connection() as connection:
        await connection.execute(f"CREATE TABLE measured ({columns})")  # pyright: ignore[reportArgumentType, reportCallIssue]
    return "measured"


def everything(order: str = "day") -> sql.Composed:
    return sql.SQL("SELECT small, normal, big, price, day, at FROM measured ORDER BY {}").format(sql.Identifier(order))


async def test_columns_go_in_and_come_out_as_they_were(db: Database, table: str) -> None:
    async with db.transaction() as connection:
        await copy_in(connection, table, LAYOUT, ROWS)
        # read by COPY they are the same
        assert (await copy_out(connection, everything(), LAYOUT)).equals(ROWS)
        # and PostgreSQL itself understood them
        rows = await (await connection.execute("SELECT * FROM measured ORDER BY day")).fetchall()
    assert rows == ROWS.rows()


async def test_more_rows_than_a_block_keep_their_order(db: Database, table: str) -> None:
    count = BLOCK_ROWS * 2 + 5
    many = pl.concat([ROWS[:1]] * count).with_columns(big=pl.int_range(pl.len()))
    async with db.connection() as connection:
        await copy_in(connection, table, LAYOUT, many)
        assert (await copy_out(connection, everything("big"), LAYOUT)).equals(many)


async def test_no_rows_are_an_empty_frame_of_the_right_types(db: Database, table: str) -> None:
    async with db.connection() as connection:
        await copy_in(connection, table, LAYOUT, ROWS.clear())
        found = await copy_out(connection, everything(), LAYOUT)
    assert (found.height, dict(found.schema)) == (0, LAYOUT.schema)


async def test_a_null_cannot_go_in(db: Database, table: str) -> None:
    with pytest.raises(BrokenCopy, match="'price' has nulls"):
        async with db.connection() as connection:
            await copy_in(connection, table, LAYOUT, ROWS.with_columns(price=pl.lit(None, pl.Float64)))
    async with db.connection() as connection:
        assert (await copy_out(connection, everything(), LAYOUT)).height == 0


async def test_what_the_server_refuses_in_the_middle_is_raised_as_it_is(db: Database, table: str) -> None:
    # given far more rows than fit between us and a server that thinks for a while, then refuses the first
    many = pl.concat([ROWS] * 200_000)
    async with db.connection() as connection:
        await connection.execute("ALTER TABLE measured ADD CHECK (pg_sleep(0.3)::text IS NOT NULL AND small > 0)")
        with pytest.raises(errors.CheckViolation):
            await copy_in(connection, table, LAYOUT, many)
        # then nothing went in, and the connection can be used on
        assert (await (await connection.execute("SELECT count(*) FROM measured")).fetchone()) == (0,)
        with pytest.raises(errors.UndefinedTable):
            await copy_in(connection, "nowhere", LAYOUT, ROWS)


@pytest.mark.parametrize("query", ["SELECT NULL::integer", "SELECT 1::bigint", "SELECT 1, 2", "SELECT '', ''"])
async def test_an_answer_of_another_width_is_refused(db: Database, query: str) -> None:
    async with db.connection() as connection:
        with pytest.raises(BrokenCopy):
            await copy_out(connection, sql.Composed([sql.SQL(query)]), Layout({"n": "integer"}))  # pyright: ignore[reportArgumentType]
        # and the connection can be used on
        assert (await (await connection.execute("SELECT 1")).fetchone()) == (1,)


async def test_an_error_of_the_server_is_raised_as_it_is(db: Database) -> None:
    async with db.connection() as connection:
        with pytest.raises(errors.UndefinedTable):
            await copy_out(connection, sql.Composed([sql.SQL("SELECT n FROM nowhere")]), Layout({"n": "integer"}))
        halfway = sql.SQL("SELECT 1 / (3 - n) FROM generate_series(1, 5) AS n")
        with pytest.raises(errors.DivisionByZero):
            await copy_out(connection, sql.Composed([halfway]), Layout({"n": "integer"}))


async def test_a_copy_that_is_cut_is_refused() -> None:
    whole = SIGNATURE + b"".join(bytes(block) for block in LAYOUT.encode(ROWS)) + TRAILER
    assert LAYOUT.decode(whole).equals(ROWS)
    with pytest.raises(BrokenCopy, match="bytes are not rows"):
        LAYOUT.decode(whole[:-5])


async def test_a_cancelled_read_gives_its_connection_back_in_order(db: Database) -> None:
    slow = sql.Composed([sql.SQL("SELECT 1 FROM pg_sleep(30)")])
    async with db.connection() as connection:
        # given a read that waits for the server
        reading = asyncio.create_task(copy_out(connection, slow, Layout({"n": "integer"})))
        await asyncio.sleep(0.2)
        # when it is cancelled
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        # then the connection is free at once
        assert (await (await connection.execute("SELECT 2")).fetchone()) == (2,)
