"""Persisting and reading rankings, beside the seed's own way of writing them."""

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from time import perf_counter

import psycopg2
import psycopg2.extensions
from psycopg2.extras import execute_values

from asxos.core.db import Database, make_pool
from asxos.features.signals.records import Signal
from asxos.features.signals.repositories import SignalRepository
from benchmarks.results import Result, percentile

SHARES = 1_000
SESSIONS = 500
EVENINGS = 10
EVENING = ("ensemble", "model_a", "model_b", "model_c", "momentum", "ridge")
MODELS = ("ensemble", "model_a")
FIRST = date(2020, 1, 1)

# The table and statement of the specification's SignalRepository.persist_signals, as written there.
_SEED_TABLE = """CREATE TABLE IF NOT EXISTS model_a_ml_signals (id bigserial PRIMARY KEY, as_of date NOT NULL,
  model text NOT NULL, symbol text NOT NULL, rank int, score float8, ml_prob float8, UNIQUE (as_of, model, symbol));
  CREATE INDEX IF NOT EXISTS idx_signals_model_asof ON model_a_ml_signals (model, as_of)"""
_SEED_INSERT = """INSERT INTO model_a_ml_signals (as_of, model, symbol, rank, score, ml_prob) VALUES %s
  ON CONFLICT (as_of, model, symbol) DO UPDATE SET rank = EXCLUDED.rank, score = EXCLUDED.score,
  ml_prob = EXCLUDED.ml_prob"""


async def run(database_url: str) -> list[Result]:
    """Floors: persist 1,000 under 30 ms and 3x the seed's; the latest 20 of a million rows under 2 ms."""
    db = Database(make_pool(database_url))
    await db.open()
    try:
        repo = SignalRepository(db)
        ids = await _shares(db)
        ranking = [_signal(security_id, rank) for rank, security_id in enumerate(ids, start=1)]
        return [*await _persisting(repo, ranking, database_url), *await _reading(db, repo, ids)]
    finally:
        await db.close()


async def _persisting(repo: SignalRepository, ranking: list[Signal], url: str) -> list[Result]:
    """Turn by turn with the seed's way, each turn an evening: the rankings of all models stored one after another."""
    times: dict[str, tuple[list[float], list[float]]] = {"new": ([], []), "again": ([], [])}
    with closing(psycopg2.connect(url)) as seed:
        _execute(seed, _SEED_TABLE)
        for n in range(EVENINGS):
            day = date(2010, 1, 1) + timedelta(n)
            for ours, theirs in times.values():
                ours += [await _seconds(partial(repo.persist_signals, ranking, model, day)) for model in EVENING]
                theirs += [_seed_persists(seed, ranking, model, day) for model in EVENING]
    return [result for kind, (ours, theirs) in times.items() for result in _beside_the_seed(kind, ours, theirs)]


def _beside_the_seed(kind: str, ours: list[float], theirs: list[float]) -> list[Result]:
    median = statistics.median(ours)
    ratio = statistics.median(theirs) / median
    name = f"persist 1,000 signals, {'a new session' if kind == 'new' else 'the same session again'}"
    return [
        Result(f"{name}, p50", median * 1e3, "ms", median < 0.030, floor="< 30 ms"),
        Result(f"{name}, speed", 1_000 / median, "rows/s", ratio >= 3, ratio, "execute_values", ">= 3x"),
    ]


async def _reading(db: Database, repo: SignalRepository, ids: list[int]) -> list[Result]:
    await _fill(db, ids)
    rows = await repo.count()
    live = await _times(repo.get_live_signals)
    history = await _times(partial(repo.get_history, ids[SHARES // 2], MODELS[0], 250))
    share = await _times(partial(repo.get_latest_of, ids[SHARES // 2]))
    median = statistics.median(live)
    return [
        Result(f"live signals of {rows:,} rows p50", median * 1e3, "ms", median < 0.002, floor="< 2 ms"),
        Result("live signals p99", percentile(live, 0.99) * 1e3, "ms", True),
        Result("one share's last 250 signals p50", statistics.median(history) * 1e3, "ms", True),
        Result("every model's last word on one share p50", statistics.median(share) * 1e3, "ms", True),
    ]


async def _times(call: Callable[[], Awaitable[object]]) -> list[float]:
    """Seconds of each of many calls, after a few that warm up."""
    return [await _seconds(call) for _ in range(500)][50:]


async def _fill(db: Database, ids: list[int]) -> None:
    """A million rows, made by the server."""
    async with db.connection() as connection:
        await connection.execute(
            "INSERT INTO signals (as_of, model, security_id, symbol, rank, score, ml_prob, ml_expected_return, signal,"
            " confidence) SELECT %s::date + d, m, i, 'S' || i, row_number() OVER (PARTITION BY d, m ORDER BY random()),"
            " random(), random(), 0.01, 'HOLD', 0.5 FROM generate_series(0, %s - 1) d, unnest(%s::text[]) m,"
            " unnest(%s::int[]) i",
            [FIRST, SESSIONS, list(MODELS), ids],
        )
        await connection.execute("VACUUM ANALYZE signals")


async def _shares(db: Database) -> list[int]:
    async with db.connection() as connection:
        cursor = await connection.execute(
            "INSERT INTO securities (id, symbol, is_simulated) SELECT n, 'B' || lpad(n::text, 4, '0') || '.AX', false"
            " FROM generate_series(1, %s) n RETURNING id",
            [SHARES],
        )
        return [row[0] for row in await cursor.fetchall()]


def _signal(id: int, rank: int) -> Signal:
    return Signal(id, f"S{id}", rank, 1 / rank, 0.5, 0.01, "HOLD", 0.5, -0.1, 0.1)


def _seed_persists(connection: psycopg2.extensions.connection, ranking: list[Signal], model: str, day: date) -> float:
    rows = [(day, model, s.symbol, s.rank, s.score, s.ml_prob) for s in ranking]
    started = perf_counter()
    with connection, connection.cursor() as cursor:
        execute_values(cursor, _SEED_INSERT, rows)
    return perf_counter() - started


def _execute(connection: psycopg2.extensions.connection, statement: str) -> None:
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)


async def _seconds(call: Callable[[], Awaitable[object]]) -> float:
    started = perf_counter()
    await call()
    await asyncio.sleep(0)
    return perf_counter() - started
