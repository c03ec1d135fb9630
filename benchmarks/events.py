"""Durable publish: a change announced to two subscribers, against a bare one-row INSERT and commit."""

from collections.abc import Awaitable, Callable
from time import perf_counter

from asxos.core.db import Database, make_pool
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import Event, EventType, SignalGenerated
from benchmarks.results import Result, percentile

BLOCKS = 4
ROUNDS = 500
WARM_UP = 100
P50_MS, P99_MS = 2.0, 10.0
AGAINST = "bare one-row INSERT + commit"


async def run(database_url: str) -> list[Result]:
    """Milliseconds of one publish (BEGIN, event and two deliveries in one statement, COMMIT), synchronous_commit on.

    `database_url` names a migrated database. The two are taken in turn, so that both meet the same moments of the disk,
    in blocks; the block in which the bare INSERT was quickest counts, since another program's fsync is no cost of ours.
    """
    db = Database(make_pool(database_url, min_size=2, max_size=2))
    await db.open()
    try:
        bare_insert, publish_one = _bare(db), _publish(db)
        blocks = [await _in_turn(bare_insert, publish_one) for _ in range(BLOCKS)]
    finally:
        await db.close()
    bare, publish = min(blocks, key=lambda block: percentile(block[0], 0.50))
    return [
        _result("durable publish p50", percentile(publish, 0.50), percentile(bare, 0.50), P50_MS),
        _result("durable publish p99", percentile(publish, 0.99), percentile(bare, 0.99), P99_MS),
    ]


async def _in_turn(*actions: Callable[[], Awaitable[None]]) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(WARM_UP + ROUNDS):
        for action, taken in zip(actions, times, strict=True):
            begun = perf_counter()
            await action()
            taken.append(1000 * (perf_counter() - begun))
    return [taken[WARM_UP:] for taken in times]


def _bare(db: Database) -> Callable[[], Awaitable[None]]:
    async def action() -> None:
        async with db.connection() as connection:
            await connection.execute("INSERT INTO jobs (name) VALUES ('bare')")

    return action


def _publish(db: Database) -> Callable[[], Awaitable[None]]:
    bus = EventBus(db)
    for name in ("alerts", "portfolio"):
        bus.subscribe(EventType.SIGNAL_GENERATED, _handle, name=name)
    payload = SignalGenerated.model_validate({"model": "model_a", "as_of": "2026-01-28", "count": 200})

    async def action() -> None:
        event = Event.of(EventType.SIGNAL_GENERATED, payload, source="benchmark")
        async with db.transaction():
            await bus.publish(event)

    return action


async def _handle(event: Event) -> None: ...


def _result(name: str, value: float, bare: float, limit: float) -> Result:
    return Result(name, round(value, 3), "ms", value < limit, round(value / bare, 2), AGAINST, f"< {limit:g} ms")
