"""The public record: one entry a published ranking, and whatever is done to it afterwards is found."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.errors import RestrictViolation

from asxos.bootstrap import System
from asxos.core.events.types import EventType
from asxos.core.progress import Silent
from asxos.features.signals.repositories import SignalLog, SignalRepository
from asxos.features.signals.services import Publisher, RecordService, Verification
from tests.features.signals.publishing import FRIDAY, MONDAY, PRICES, SHARES, TUESDAY, publish, ranking
from tests.published import NOW, opened


@pytest.fixture
async def system(database_url: str) -> AsyncIterator[System]:
    """A system of this test's own."""
    async with opened(database_url) as system:
        yield system


@pytest.fixture
async def published(system: System) -> System:
    """Five entries: two sessions by two models, and Monday's ensemble again with other content."""
    await publish(system, *(ranking(model, day) for day in (FRIDAY, MONDAY) for model in ("model_a", "ensemble")))
    await publish(system, ranking("ensemble", MONDAY, (0.61, 0.5, 0.44)))
    return system


async def verify(system: System, head: str | None = None) -> Verification:
    return await system.service(RecordService).verify(Silent(), head=head)


async def tamper(system: System, *statements: str) -> None:
    """As a superuser does who knows how to get round the triggers."""
    async with await psycopg.AsyncConnection.connect(system.database_url, autocommit=True) as connection:
        await connection.execute("SET session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)  # pyright: ignore[reportArgumentType, reportCallIssue]


async def test_every_publication_is_an_entry_and_the_record_is_whole(published: System) -> None:
    found = await verify(published)
    assert (found.faults, found.entries, found.signals, found.older) == ((), 5, 12, 0)
    events = await published.event_bus.get_history(EventType.SIGNAL_GENERATED)
    assert [e.payload["sequence"] for e in events] == [5, 4, 3, 2, 1]
    assert events[0].payload["sha256"] == found.head


async def test_the_same_ranking_again_is_no_news_but_another_one_is(published: System) -> None:
    # given Monday's ensemble once more as it stands, then as it stood before
    log = SignalLog(published.db)
    for probabilities, entries in (((0.61, 0.5, 0.44), 5), ((0.58, 0.5, 0.44), 6)):
        await publish(published, ranking("ensemble", MONDAY, probabilities))
        assert len(await log.keys()) == entries
    # then signals that were lost come back with the next equal ranking, as they were published
    await tamper(published, "TRUNCATE signals")
    await publish(published, *(ranking(model, day) for day in (FRIDAY, MONDAY) for model in ("model_a", "ensemble")))
    assert (await verify(published)).faults == ()


async def test_many_writers_at_once_keep_one_chain(system: System) -> None:
    await asyncio.gather(*(publish(system, ranking(f"m{n}", day)) for day in (FRIDAY, MONDAY) for n in range(5)))
    found = await verify(system)
    assert (found.entries, found.faults) == (10, ())


async def test_a_ranking_that_cannot_be_stored_leaves_no_entry(system: System) -> None:
    with pytest.raises(KeyError):
        await system.service(Publisher).publish(ranking("model_a", FRIDAY), {"BHP.AX": 1}, PRICES)
    async with system.db.connection() as connection:
        await connection.execute("ALTER TABLE signals ADD CONSTRAINT none CHECK (false) NOT VALID")
        try:
            with pytest.raises(psycopg.errors.CheckViolation):
                await publish(system, ranking("model_a", FRIDAY))
        finally:
            await connection.execute("ALTER TABLE signals DROP CONSTRAINT none")
    assert (await verify(system)).entries == 0
    assert await system.event_bus.get_history(EventType.SIGNAL_GENERATED) == []


async def test_a_ranking_of_nothing_is_on_record_too(system: System) -> None:
    await publish(system, ranking("model_b", FRIDAY, ()))
    found = await verify(system)
    assert (found.entries, found.signals, found.faults) == (1, 0, ())


@pytest.mark.parametrize("table", ["signal_log", "signals_before_log", "signal_verifications"])
async def test_the_record_is_append_only(published: System, table: str) -> None:
    await verify(published)
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(RestrictViolation, match="append-only"):
            async with published.db.connection() as connection:
                await connection.execute(statement)  # pyright: ignore[reportArgumentType, reportCallIssue]


# A statement, where the fault is, and what is said of it. Ensemble's Monday is entry 5; entry 4 is what it replaced.
SIGNALS = [
    ("UPDATE signals SET score = 0.31 WHERE security_id = 2 AND model = 'model_a' AND as_of = '2024-01-12'",
     "signals of model_a, 2024-01-12, CBA.AX", "score is 0.31, published was 0.3"),
    ("UPDATE signals SET ml_prob = 0.5800000000000001 WHERE rank = 1 AND model = 'model_a' AND as_of = '2024-01-12'",
     "signals of model_a, 2024-01-12, BHP.AX", "ml_prob is 0.5800000000000001, published was 0.58"),
    ("UPDATE signals SET signal = 'STRONG_BUY' WHERE rank = 2 AND model = 'model_a' AND as_of = '2024-01-15'",
     "signals of model_a, 2024-01-15, CBA.AX", "signal is 'STRONG_BUY', published was 'HOLD'"),
    ("UPDATE signals SET symbol = 'RIO.AX' WHERE rank = 3 AND model = 'ensemble' AND as_of = '2024-01-15'",
     "signals of ensemble, 2024-01-15, CSL.AX", "symbol is 'RIO.AX', published was 'CSL.AX'"),
    ("UPDATE signals SET note = NULL WHERE rank = 3 AND model = 'ensemble' AND as_of = '2024-01-12'",
     "signals of ensemble, 2024-01-12, CSL.AX", "note is None, published was 'a note'"),
    ("UPDATE signals SET rank = 4 - rank WHERE model = 'ensemble' AND as_of = '2024-01-12'",
     "signals of ensemble, 2024-01-12, BHP.AX", "rank is 3, published was 1"),
    ("UPDATE signals SET known_at = known_at - interval '1 day' WHERE rank = 1 AND as_of = '2024-01-12'",
     "signals of model_a, 2024-01-12", "known at 2024-06-27T10:00:00+00:00, published at 2024-06-28T10:00:00+00:00"),
    ("DELETE FROM signals WHERE rank = 3 AND model = 'model_a' AND as_of = '2024-01-12'",
     "signals of model_a, 2024-01-12, CSL.AX", "is missing"),
    ("DELETE FROM signals WHERE model = 'model_a' AND as_of = '2024-01-12'",
     "signals of model_a, 2024-01-12, BHP.AX", "is missing"),
    ("INSERT INTO signals (as_of, model, security_id, symbol, rank, score, ml_prob, signal, confidence)"
     " VALUES ('2024-01-12', 'model_a', 9, 'RIO.AX', 4, 0.1, 0.5, 'HOLD', 0.5)",
     "signals of model_a, 2024-01-12, RIO.AX", "was never published"),
    ("INSERT INTO signals (as_of, model, security_id, symbol, rank, score, ml_prob, signal, confidence)"
     " VALUES ('2024-01-16', 'model_a', 1, 'BHP.AX', 1, 0.1, 0.9, 'STRONG_BUY', 0.9)",
     "signals of model_a, 2024-01-16", "were never published: the log has no entry of them"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "where", "what"), SIGNALS)
async def test_whatever_is_done_to_the_signals_is_found_and_named(
    published: System, statement: str, where: str, what: str
) -> None:
    await tamper(published, statement)
    faults = (await verify(published)).faults
    assert (where, what) in [(fault.where, fault.what) for fault in faults]


BROKEN = "its hash does not follow from its header and the entry before it"
OTHER = "has another hash than was announced"
UNLIKE = "its content is not what was published"
HORIZON = "UPDATE signal_log SET header = replace(header, '\"horizon\":21', '\"horizon\":22')"
LOG = [
    ("UPDATE signal_log SET content = (SELECT content FROM signal_log WHERE sequence = 5) WHERE sequence = 2",
     2, UNLIKE),
    ("UPDATE signal_log SET content = substr(content, 1, 60) WHERE sequence = 2", 2, UNLIKE),
    ("UPDATE signal_log SET content = content || 'x' WHERE sequence = 2", 2, UNLIKE),
    ("UPDATE signal_log SET content = 'nonsense' WHERE sequence = 2", 2, UNLIKE),
    (f"{HORIZON} WHERE sequence = 3", 3, BROKEN),
    ("UPDATE signal_log SET header = header || ' ' WHERE sequence = 3",
     3, "its header is written otherwise than it was"),
    ("UPDATE signal_log SET header = '{}' WHERE sequence = 3", 3, "its header cannot be read"),
    ("UPDATE signal_log SET sha256 = repeat('a', 64) WHERE sequence = 3", 3, OTHER),
    ("UPDATE signal_log SET published_at = '2024-01-12 06:00Z' WHERE sequence = 1",
     1, "its header is of entry 1, model_a, 2024-01-12, published at 2024-06-28T10:00:00+00:00"),
    ("UPDATE signal_log SET model = 'model_b' WHERE sequence = 5",
     5, "its header is of entry 5, ensemble, 2024-01-15, published at 2024-06-28T10:00:00+00:00"),
    ("DELETE FROM signal_log WHERE sequence = 1", 2, "1 before it are missing"),
    ("DELETE FROM signal_log WHERE sequence IN (2, 3)", 4, "2 before it are missing"),
    ("DELETE FROM signal_log WHERE sequence = 5", 5, "was announced and is missing"),
    ("DELETE FROM signal_log; DELETE FROM signals", 1, "was announced and is missing"),
    ("UPDATE signal_log SET sequence = 9 WHERE sequence = 2; UPDATE signal_log SET sequence = 2 WHERE sequence = 4;"
     "UPDATE signal_log SET sequence = 4 WHERE sequence = 9",
     2, "its header is of entry 4, ensemble, 2024-01-15, published at 2024-06-28T10:00:00+00:00"),
    ("INSERT INTO signal_log SELECT 6, model, as_of, published_at, header, content, repeat('b', 64) FROM signal_log"
     " WHERE sequence = 5", 6, "was never announced"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "sequence", "what"), LOG)
async def test_whatever_is_done_to_the_log_is_found_and_named(
    published: System, statement: str, sequence: int, what: str
) -> None:
    await tamper(published, *statement.split(";"))
    faults = (await verify(published)).faults
    assert any(f.where.startswith(f"signal_log {sequence}") and f.what == what for f in faults), faults


async def test_a_forger_who_mends_the_hash_is_betrayed_by_what_follows_and_by_what_was_announced(
    published: System,
) -> None:
    # given the last entry edited and its hash made to fit, then the one before it
    before = "(SELECT sha256 FROM signal_log WHERE sequence = l.sequence - 1)"
    text = f"""'["' || {before} || '",' || header || ']'"""
    mended = f"UPDATE signal_log AS l SET sha256 = encode(sha256(convert_to({text}, 'UTF8')), 'hex')"
    for sequence, expected in ((5, {(5, OTHER)}), (4, {(4, OTHER), (5, OTHER), (5, BROKEN)})):
        await tamper(published, f"{HORIZON} WHERE sequence = {sequence}", f"{mended} WHERE sequence = {sequence}")
        faults = (await verify(published)).faults
        assert {(int(fault.where.split()[1]), fault.what) for fault in faults} == expected


async def test_one_edit_in_the_middle_is_named_once_in_the_chain(published: System) -> None:
    await tamper(published, "UPDATE signal_log SET sha256 = repeat('a', 64) WHERE sequence = 3")
    faults = [(f.where, f.what) for f in (await verify(published)).faults]
    assert faults == [
        ("signal_log 3 (model_a, 2024-01-15)", BROKEN),
        ("signal_log 4 (ensemble, 2024-01-15)", BROKEN),
        ("signal_log 3 (model_a, 2024-01-15)", OTHER),
    ]


async def test_an_end_cut_off_with_its_events_is_betrayed_by_a_verification_or_a_hash_kept_elsewhere(
    published: System,
) -> None:
    # given somebody who cuts off all of Monday and every trace of it but what was verified
    head = (await verify(published)).head
    cut = [
        "DELETE FROM signal_log WHERE as_of = '2024-01-15'",
        "DELETE FROM signals WHERE as_of = '2024-01-15'",
        "DELETE FROM events WHERE payload ->> 'as_of' = '2024-01-15'",
    ]
    await tamper(published, *cut)
    gone = (f"signal_log, the entry with hash {head}", "ended the log once and is gone")
    assert [(f.where, f.what) for f in (await verify(published)).faults] == [gone]
    # when that is gone too, only who kept the hash can tell
    await tamper(published, "TRUNCATE signal_verifications")
    assert (await verify(published)).faults == ()
    assert [(f.where, f.what) for f in (await verify(published, head)).faults] == [gone]


async def test_rankings_from_before_the_log_are_counted_apart(published: System) -> None:
    await SignalRepository(published.db).persist_signals([], "model_a", TUESDAY)
    await tamper(
        published,
        "INSERT INTO signals (as_of, model, security_id, symbol, rank, score, ml_prob, signal, confidence)"
        " VALUES ('2023-01-13', 'model_a', 1, 'BHP.AX', 1, 0.1, 0.5, 'HOLD', 0.5)",
        "INSERT INTO signals_before_log VALUES ('model_a', '2023-01-13')",
    )
    found = await verify(published)
    assert (found.faults, found.older, found.signals) == ((), 1, 12)


async def test_verifications_are_noted_down(published: System) -> None:
    before = await published.service(RecordService).status()
    assert (before.end and before.end.sequence, before.verified) == (5, None)
    await tamper(published, "DELETE FROM signals WHERE security_id = 1")
    found = await verify(published)
    noted = (await published.service(RecordService).status()).verified
    assert noted is not None
    assert (noted.verified_at, noted.entries, noted.head, noted.signals) == (NOW, 5, found.head, 8)
    assert (noted.faults, noted.derived, noted.equal) == (4, 0, 0)


async def test_an_empty_record_is_whole(system: System) -> None:
    found = await verify(system)
    assert (found.entries, found.head, found.faults) == (0, None, ())
    assert (await system.service(RecordService).status()).end is None
    assert len(SHARES) == 3
