"""An evening's inference: a market of 2,000 shares whose models are trained, ranked anew, explained and stored."""

from time import perf_counter

from asxos.bootstrap import build
from asxos.core.settings import Settings
from asxos.features.fundamentals.jobs import SIMULATE_FACTS
from asxos.features.market.jobs import INGEST_PRICES
from asxos.features.news.jobs import INGEST_ANNOUNCEMENTS
from asxos.features.signals.services import GENERATE_SIGNALS
from benchmarks.results import Result

SHARES, YEARS = 2_000, 4.0
MARKET = {"provider": "simulated", "seed": 1, "count": SHARES, "years": YEARS}
MOST_SECONDS = 10.0


async def run(database_url: str) -> list[Result]:
    """`database_url`: a migrated, empty database. The first run trains; the second, which is timed, has nothing due."""
    system = build(Settings(), database_url)
    await system.db.open()
    try:
        for name in (INGEST_PRICES, SIMULATE_FACTS, INGEST_ANNOUNCEMENTS):
            await system.jobs.run_now(name, args=MARKET)
        await system.jobs.run_now(GENERATE_SIGNALS, args={"history": 0})
        begun = perf_counter()
        job = await system.jobs.run_now(GENERATE_SIGNALS, args={"history": 0})
        seconds = perf_counter() - begun
    finally:
        await system.db.close()
    found = job.result or {}
    name = (
        f"an evening's inference, {SHARES:,} shares of {YEARS:g} years: {found['rankings']} rankings,"
        f" {found['signals']:,} signals"
    )
    return [Result(name, seconds, "s", seconds < MOST_SECONDS, floor=f"< {MOST_SECONDS:g} s")]
