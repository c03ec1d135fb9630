from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from asxos.core.db import Database
from asxos.features.signals.records import Reasons, Signal
from asxos.features.signals.repositories import NoSignals, ReasonRepository, SignalFilter, SignalRepository

FRIDAY, MONDAY = date(2024, 1, 12), date(2024, 1, 15)
EVENING = datetime(2024, 1, 15, 8, tzinfo=UTC)


@pytest.fixture
async def ids(db: Database) -> list[int]:
    """Three shares."""
    async with db.connection() as connection:
        cursor = await connection.execute(
            "INSERT INTO securities (id, symbol, is_simulated) VALUES (1, 'BHP.AX', false), (2, 'CBA.AX', false),"
            " (3, 'CSL.AX', false) RETURNING id"
        )
        return [row[0] for row in await cursor.fetchall()]


@pytest.fixture
def repo(db: Database) -> SignalRepository:
    return SignalRepository(db)


def ranking(ids: Sequence[int], labels: Sequence[str] = ("BUY", "HOLD", "SELL")) -> list[Signal]:
    symbols = ("BHP.AX", "CBA.AX", "CSL.AX")
    rows = zip(ids, symbols, labels, strict=False)
    return [
        Signal(id, s, n, 1 / n, 0.6 / n, 0.01, label, 0.6 / n, -0.1, 0.1, disagreement=0.02)
        for n, (id, s, label) in enumerate(rows, 1)
    ]


async def test_a_stored_ranking_is_read_back_best_first(repo: SignalRepository, ids: list[int]) -> None:
    assert await repo.persist_signals(list(reversed(ranking(ids))), "ensemble", FRIDAY, EVENING) == 3
    live = await repo.get_live_signals("ensemble", 2)
    assert (live.as_of, live.known_at, live.total, live.count) == (FRIDAY, EVENING, 3, 2)
    assert live.signals == ranking(ids)[:2]


async def test_the_latest_session_is_live_and_an_earlier_one_can_be_asked_for(
    repo: SignalRepository, ids: list[int]
) -> None:
    for day in (MONDAY, FRIDAY):
        await repo.persist_signals(ranking(ids), "ensemble", day)
    assert (await repo.get_live_signals("ensemble")).as_of == MONDAY
    assert (await repo.get_live_signals("ensemble", as_of=FRIDAY)).as_of == FRIDAY


async def test_a_ranking_stored_again_replaces_the_one_that_stood(repo: SignalRepository, ids: list[int]) -> None:
    await repo.persist_signals(ranking(ids), "ensemble", FRIDAY)
    await repo.persist_signals(ranking(ids)[:1], "ensemble", FRIDAY)
    assert [s.symbol for s in (await repo.get_live_signals("ensemble")).signals] == ["BHP.AX"]


async def test_a_challengers_shadow_is_kept_but_not_listed(repo: SignalRepository, ids: list[int]) -> None:
    for model in ("model_a", "model_a_v3"):
        await repo.persist_signals(ranking(ids), model, FRIDAY)
    assert await repo.models() == ["model_a"]
    assert [s.model for s in await repo.get_latest_of(ids[0])] == ["model_a"]
    assert (await repo.get_live_signals("model_a_v3")).total == 3


async def test_models_do_not_mix(repo: SignalRepository, ids: list[int]) -> None:
    await repo.persist_signals(ranking(ids), "model_a", FRIDAY)
    await repo.persist_signals(ranking(ids)[:1], "ensemble", MONDAY)
    assert await repo.models() == ["ensemble", "model_a"]
    assert (await repo.get_live_signals("model_a")).count == 3


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (SignalFilter(signal="SELL"), ["CSL.AX"]),
        (SignalFilter(min_confidence=0.25), ["BHP.AX", "CBA.AX"]),
        (SignalFilter(offset=2), ["CSL.AX"]),
        (SignalFilter(security_ids=[]), []),
        (SignalFilter(signal="STRONG_BUY"), []),
    ],
)
async def test_a_part_of_a_ranking_can_be_asked_for(
    repo: SignalRepository, ids: list[int], where: SignalFilter, expected: list[str]
) -> None:
    await repo.persist_signals(ranking(ids), "ensemble", FRIDAY)
    live = await repo.get_live_signals("ensemble", where=where)
    assert (live.as_of, [s.symbol for s in live.signals]) == (FRIDAY, expected)


async def test_a_model_that_never_ranked_is_told_apart_from_an_empty_answer(repo: SignalRepository) -> None:
    with pytest.raises(NoSignals, match="'model_z'"):
        await repo.get_live_signals("model_z")
    with pytest.raises(NoSignals, match="2024-01-12"):
        await repo.get_live_signals("model_z", as_of=FRIDAY)


async def test_one_shares_history_comes_latest_first(repo: SignalRepository, ids: list[int]) -> None:
    for day in (FRIDAY, MONDAY):
        await repo.persist_signals(ranking(ids), "ensemble", day)
    await repo.persist_signals(ranking(ids), "model_a", FRIDAY)
    assert [p.as_of for p in await repo.get_history(ids[0], "ensemble", 10)] == [MONDAY, FRIDAY]
    assert [(p.model, p.as_of) for p in await repo.get_latest_of(ids[0])] == [
        ("ensemble", MONDAY),
        ("model_a", FRIDAY),
    ]


async def test_reasons_are_read_back_whole_and_the_latest_by_default(db: Database, ids: list[int]) -> None:
    repo = ReasonRepository(db)
    reasons = [
        Reasons(ids[0], day, "model_a", "log-odds", 0.1, 0.4, ["momentum_12_1", "rsi_14"], [None, 55.0], [0.2, 0.1])
        for day in (FRIDAY, MONDAY)
    ]
    await repo.persist_reasons(reasons)
    assert await repo.find_reasons(ids[0], "model_a") == reasons[1]
    assert await repo.find_reasons(ids[0], "model_a", FRIDAY) == reasons[0]
    assert await repo.find_reasons(ids[1], "model_a") is None
