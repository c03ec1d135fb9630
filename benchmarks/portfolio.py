"""Bringing in broker files, reading holdings, measuring performance and risk, on the embedded database."""

import statistics
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from time import perf_counter

from asxos.bootstrap import System, build
from asxos.core.owners import LOCAL
from asxos.core.settings import Settings
from asxos.features.market.services import MarketService
from asxos.features.portfolio.schemas import HoldingsOut, PerformanceOut, RiskOut
from asxos.features.portfolio.services import (
    HoldingsService,
    ImportService,
    LedgerService,
    PerformanceService,
    RiskService,
)
from benchmarks.results import Result

HOLDINGS, LINES, READ, ROUNDS = 50, 10_000, 100, 15
YEARS, LAST = 10, date(2026, 11, 24)
_HEAD = "Trade Date,Settlement Date,Action,Reference,Code,Name,Units,Average Price,Consideration,Brokerage,Total\n"


async def run(database_url: str) -> list[Result]:
    """Floors: 50 holdings under 50 ms, 10,000 transactions under 2 s, 100 holdings read under 25 ms; ten years of 100
    holdings and 10,000 transactions measured under 300 ms; medians.
    """
    system = build(Settings(), database_url)
    await system.db.open()
    try:
        await _shares(system)
        few = [await _imported(system, f"few {n}", _holdings(HOLDINGS)) for n in range(ROUNDS)]
        many = [await _imported(system, f"many {n}", _trades(LINES)) for n in range(3)]
        await _imported(system, "read", _holdings(READ))
        read = await _timed(lambda: _holdings_answer(system, "read"))
        await _closes(system)
        await _imported(system, "years", _trades(LINES, codes=READ))
        measured = await _timed(lambda: _performance_answer(system, "years"))
        return [
            *_results(few, many, read),
            *_past_results(measured, await _timed(lambda: _risk_answer(system, "years"))),
        ]
    finally:
        await system.db.close()


def _results(few: list[float], many: list[float], read: list[float]) -> list[Result]:
    few_ms, many_s, read_ms = statistics.median(few) * 1e3, statistics.median(many), statistics.median(read) * 1e3
    return [
        Result(f"import of {HOLDINGS} holdings, p50", few_ms, "ms", few_ms < 50, floor="< 50 ms"),
        Result(f"import of {LINES:,} transactions", many_s, "s", many_s < 2, floor="< 2 s"),
        Result(f"{READ} holdings with value, gain and signal, p50", read_ms, "ms", read_ms < 25, floor="< 25 ms"),
    ]


def _past_results(measured: list[float], assessed: list[float]) -> list[Result]:
    what = f"{YEARS} years, {READ} holdings, {LINES:,} transactions, p50"
    performance_ms, risk_ms = statistics.median(measured) * 1e3, statistics.median(assessed) * 1e3
    return [
        Result(f"performance of {what}", performance_ms, "ms", performance_ms < 300, floor="< 300 ms"),
        Result(f"risk of {what}", risk_ms, "ms", risk_ms < 600, floor="< 600 ms"),
    ]


async def _imported(system: System, name: str, text: str) -> float:
    portfolio = await system.service(LedgerService).find_or_create(LOCAL, name)
    imports = system.service(ImportService)
    return await _seconds(lambda: imports.bring_in(LOCAL, portfolio.id, text.encode(), "bench.csv"))


async def _timed(call: Callable[[], Awaitable[object]], rounds: int = 20) -> list[float]:
    """Seconds of each call after the first two."""
    return [await _seconds(call) for _ in range(rounds + 2)][2:]


async def _holdings_answer(system: System, name: str) -> str:
    """As the route answers: service, then JSON."""
    portfolio = await system.service(LedgerService).named(LOCAL, name)
    return HoldingsOut.of(await system.service(HoldingsService).value(LOCAL, portfolio.id)).model_dump_json()


async def _performance_answer(system: System, name: str) -> str:
    portfolio = await system.service(LedgerService).named(LOCAL, name)
    found = await system.service(PerformanceService).measure(LOCAL, portfolio.id)
    return PerformanceOut.of(found).model_dump_json()


async def _risk_answer(system: System, name: str) -> str:
    portfolio = await system.service(LedgerService).named(LOCAL, name)
    return RiskOut.of(await system.service(RiskService).assess(LOCAL, portfolio.id)).model_dump_json()


async def _closes(system: System) -> None:
    """Ten years of closes of the first 100 shares, each swinging about $10 in its own time."""
    days = await system.service(MarketService).sessions(
        LAST - timedelta(days=365 * (YEARS + 1)), LAST - timedelta(days=1)
    )
    async with system.db.connection() as connection:
        await connection.execute(
            "INSERT INTO prices SELECT p, p, p, p, 1000, now(), id, day, 1, 1 FROM (SELECT id, day, round((10 + 3 *"
            " sin(id + (day - date '2000-01-01') / 58.0))::numeric, 2)::float8 AS p FROM securities,"
            " unnest(%s::date[]) day WHERE id <= %s) x",
            [days, READ],
        )
        await connection.execute("ANALYZE prices")


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


def _trades(count: int, codes: int = 200) -> str:
    days = [date(2016, 1, 4) + timedelta(n % 3_000) for n in range(count)]
    return _HEAD + "".join(
        f"{day},{day},{'Sell' if n % 5 == 4 else 'Buy'},R{n},Q{n % codes + 1:03d},X,{10 + n % 7},10.00,"
        f"{(10 + n % 7) * 10}.00,9.50,\n"
        for n, day in enumerate(days)
    )


async def _seconds(call: Callable[[], Awaitable[object]]) -> float:
    started = perf_counter()
    await call()
    return perf_counter() - started
