"""Bringing in broker files and reading holdings, on the embedded database."""

import statistics
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from time import perf_counter

from asxos.bootstrap import System, build
from asxos.core.owners import LOCAL
from asxos.core.settings import Settings
from asxos.features.portfolio.schemas import HoldingsOut
from asxos.features.portfolio.services import HoldingsService, ImportService, LedgerService
from benchmarks.results import Result

HOLDINGS, LINES, READ, ROUNDS = 50, 10_000, 100, 15
_HEAD = "Trade Date,Settlement Date,Action,Reference,Code,Name,Units,Average Price,Consideration,Brokerage,Total\n"


async def run(database_url: str) -> list[Result]:
    """Floors: 50 holdings under 50 ms, 10,000 transactions under 2 s, 100 holdings read under 25 ms; medians."""
    system = build(Settings(), database_url)
    await system.db.open()
    try:
        await _shares(system)
        few = [await _imported(system, f"few {n}", _holdings(HOLDINGS)) for n in range(ROUNDS)]
        many = [await _imported(system, f"many {n}", _trades(LINES)) for n in range(3)]
        await _imported(system, "read", _holdings(READ))
        return _results(few, many, await _read(system, "read"))
    finally:
        await system.db.close()


def _results(few: list[float], many: list[float], read: list[float]) -> list[Result]:
    few_ms, many_s, read_ms = statistics.median(few) * 1e3, statistics.median(many), statistics.median(read) * 1e3
    return [
        Result(f"import of {HOLDINGS} holdings, p50", few_ms, "ms", few_ms < 50, floor="< 50 ms"),
        Result(f"import of {LINES:,} transactions", many_s, "s", many_s < 2, floor="< 2 s"),
        Result(f"{READ} holdings with value, gain and signal, p50", read_ms, "ms", read_ms < 25, floor="< 25 ms"),
    ]


async def _imported(system: System, name: str, text: str) -> float:
    portfolio = await system.service(LedgerService).find_or_create(LOCAL, name)
    imports = system.service(ImportService)
    return await _seconds(lambda: imports.bring_in(LOCAL, portfolio.id, text.encode(), "bench.csv"))


async def _read(system: System, name: str) -> list[float]:
    """As the route answers: service, then JSON."""
    portfolio = await system.service(LedgerService).named(LOCAL, name)

    async def answer() -> str:
        return HoldingsOut.of(await system.service(HoldingsService).value(LOCAL, portfolio.id)).model_dump_json()

    return [await _seconds(answer) for _ in range(60)][10:]


async def _shares(system: System) -> None:
    """Shares with a price and a signal each."""
    async with system.db.connection() as connection:
        for statement in _FILL:
            await connection.execute(statement)


_FILL = (
    "INSERT INTO sources (name) VALUES ('bench')",
    "INSERT INTO securities (id, symbol, name, is_simulated) SELECT n, 'Q' || lpad(n::text, 3, '0') || '.AX',"
    " 'Company ' || n, false FROM generate_series(1, 400) n",
    "INSERT INTO security_codes (security_id, code, valid_from, last_seen) SELECT id, symbol, '2000-01-01',"
    " '2026-11-24' FROM securities",
    "INSERT INTO prices SELECT 10, 10, 10, 10, 1000, now(), id, '2026-11-24', 1, 1 FROM securities",
    "INSERT INTO quotes (security_id, session_date, close, change, spark, turnover_20)"
    " SELECT id, '2026-11-24', 10, 0.01, '0', 1e6 FROM securities",
    "INSERT INTO signals (as_of, model, security_id, symbol, rank, score, ml_prob, signal, confidence)"
    " SELECT '2026-11-24', 'ensemble', id, symbol, id, 0, 0.5, 'HOLD', 0.5 FROM securities",
)


def _holdings(count: int) -> str:
    return "ticker,shares,avg_cost,date_acquired\n" + "".join(
        f"Q{n:03d},{n * 10},9.50,2024-03-01\n" for n in range(1, count + 1)
    )


def _trades(count: int) -> str:
    days = [date(2016, 1, 4) + timedelta(n % 3_000) for n in range(count)]
    return _HEAD + "".join(
        f"{day},{day},{'Sell' if n % 5 == 4 else 'Buy'},R{n},Q{n % 200 + 1:03d},X,{10 + n % 7},10.00,"
        f"{(10 + n % 7) * 10}.00,9.50,\n"
        for n, day in enumerate(days)
    )


async def _seconds(call: Callable[[], Awaitable[object]]) -> float:
    started = perf_counter()
    await call()
    return perf_counter() - started
