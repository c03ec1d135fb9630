from dataclasses import replace
from datetime import date

import pytest

from asxos.core.db import Database
from asxos.features.backtests.records import NewBacktest
from asxos.features.backtests.repositories import BacktestRepository, NoBacktest

NEW = NewBacktest(
    model_id="model_a",
    first_session=date(2020, 1, 2),
    last_session=date(2024, 6, 28),
    parameters={"top": 20},
    data_sha256="a" * 64,
    request_sha256="b" * 64,
    is_simulated=False,
    metrics={"z": 1.5, "a": None, "m": {"y": 2, "b": 3}},
    report=b"page",
    journal=b"trades",
)


@pytest.fixture
def repo(db: Database) -> BacktestRepository:
    return BacktestRepository(db)


async def test_a_run_is_read_back_with_its_figures_in_order(repo: BacktestRepository) -> None:
    id = await repo.save(NEW)
    stored = await repo.get(id)
    assert (stored.model_id, stored.first_session, stored.last_session) == (
        "model_a",
        date(2020, 1, 2),
        NEW.last_session,
    )
    assert (stored.parameters, stored.is_simulated) == ({"top": 20}, False)
    assert list(stored.metrics) == ["z", "a", "m"]
    assert list(stored.metrics["m"]) == ["y", "b"]
    assert (await repo.report(id), await repo.journal(id)) == (b"page", b"trades")


async def test_the_same_question_is_stored_once(repo: BacktestRepository) -> None:
    first = await repo.save(NEW)
    assert await repo.save(replace(NEW, report=b"another")) == first
    assert await repo.find_same(NEW.request_sha256) == first
    assert await repo.find_same("c" * 64) is None
    assert await repo.report(first) == b"page"
    assert await repo.count() == 1


async def test_runs_are_listed_latest_first(repo: BacktestRepository) -> None:
    ids = [await repo.save(replace(NEW, request_sha256=letter * 64)) for letter in "cde"]
    assert [run.id for run in await repo.list_latest(2, 0)] == [ids[2], ids[1]]
    assert [run.id for run in await repo.list_latest(2, 2)] == [ids[0]]


async def test_a_run_that_is_not_there_is_told(repo: BacktestRepository) -> None:
    for read in (repo.get, repo.report, repo.journal):
        with pytest.raises(NoBacktest, match="No backtest 7"):
            await read(7)
