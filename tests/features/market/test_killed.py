"""kill -9 in the middle of an ingest: whole batches stand, and running again ends as if nothing had happened."""

import subprocess
import sys
from pathlib import Path

from asxos.core.clock import SystemClock
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import EventType
from asxos.features.market.services import IngestService
from tests.features.market import ingesting
from tests.features.market.conftest import Market

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(ingesting.__file__)

# All that a load leaves but when it ran and which run it was.
_FINGERPRINTS = (
    "SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM (SELECT security_id, session_date, open, high, low,"
    " close, volume, known_at FROM prices) x",
    "SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM (SELECT id, symbol, entity FROM securities) x",
    "SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM (SELECT * FROM security_codes) x",
    "SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM (SELECT security_id, ex_date, kind, factor, method"
    " FROM corporate_actions) x",
    "SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM (SELECT symbol, session_date, close, reason, state"
    " FROM quarantine) x",
    "SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM (SELECT * FROM quotes) x",
)


async def fingerprint(market: Market) -> list[object]:
    return [(await market.rows(query))[0][0] for query in _FINGERPRINTS]


async def ingest(market: Market, panel: Path) -> int:
    service = IngestService(market.stores, clock=SystemClock(), db=market.db, event_bus=EventBus(market.db))
    return (await service.ingest(ingesting.SmallBatches(panel))).added


async def test_a_killed_ingest_resumes_to_the_same_end(market: Market, database_url: str, shared_data: Path) -> None:
    panel = shared_data / "asx_prices_sample.parquet"
    # given an ingest that is killed while it reads its seventh batch
    command = [sys.executable, str(SCRIPT), database_url, str(panel), "0.2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
    assert process.stdout
    for _ in range(7):
        process.stdout.readline()
    process.kill()
    process.wait()
    process.stdout.close()
    [(stored,)] = await market.rows("SELECT count(*) FROM prices")
    # when it is run again
    added = await ingest(market, panel)
    # then nothing is lost or doubled, and one event tells of it
    [(total,)] = await market.rows("SELECT count(*) FROM prices")
    assert (stored, added + stored) == (stored, total)  # pyright: ignore[reportOperatorIssue]
    assert 0 < stored < total  # pyright: ignore[reportOperatorIssue]
    resumed = await fingerprint(market)
    assert len(await EventBus(market.db).get_history(EventType.PRICE_UPDATED)) == 1
    # and an undisturbed ingest leaves exactly the same
    async with market.db.connection() as connection:
        await connection.execute("TRUNCATE securities, prices, quarantine, ingests CASCADE")
    assert await ingest(market, panel) == total
    assert await fingerprint(market) == resumed
