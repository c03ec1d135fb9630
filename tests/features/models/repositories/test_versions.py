import asyncio
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from polars.testing import assert_frame_equal

from asxos.core.db import Database
from asxos.domain.validation.evidence import evidence, pack
from asxos.features.models.records import NewTrial, NewVersion, Tally
from asxos.features.models.repositories import (
    ArtifactDamaged,
    EvidenceDamaged,
    ModelVersionRepository,
    TrialRepository,
)

EVIDENCE = evidence(
    {
        "session_date": [date(2020, 1, 6), date(2020, 1, 6)],
        "security_id": [1, 2],
        **{name: [0.5, float("nan")] for name in ("score", "ml_prob", "expected", "low", "high", "excess")},
        "liquidity": [0, 2],
        "sector": ["Energy", None],
        "cost": [0.01, 0.02],
    }
)
TRIAL = NewTrial("model_a", date(2024, 3, 1), "r", 7, sharpe=0.2, periods=50, skew=-0.1, kurtosis=3.5)
NEW = NewVersion(
    model_id="model_a",
    as_of=date(2024, 3, 1),
    trained_from=date(2016, 1, 4),
    trained_through=date(2024, 1, 31),
    algorithm="LightGBM",
    features=["momentum_12_1", "adv_20"],
    artifact="tree\nÄ",
    evidence=pack(EVIDENCE),
    recipe_sha256="r",
    manifest={"metrics": {"rank_ic": 0.05}, "seed": 7, "leaks": {"found": 0}},
    trial=TRIAL,
)


@pytest.fixture
def versions(db: Database) -> ModelVersionRepository:
    return ModelVersionRepository(db)


async def test_a_version_reads_back_as_it_was_stored(versions: ModelVersionRepository) -> None:
    stored = await versions.append(NEW)
    assert (stored.version, stored.as_of, stored.features, stored.metrics) == (
        1,
        NEW.as_of,
        NEW.features,
        {"rank_ic": 0.05},
    )
    assert await versions.get_artifact(stored.artifact_sha256) == NEW.artifact
    assert stored.evidence_sha256 is not None
    assert_frame_equal(await versions.get_evidence(stored.evidence_sha256), EVIDENCE)
    assert await versions.find_newest("model_a") == stored


async def test_the_same_training_stored_twice_is_one_version(versions: ModelVersionRepository) -> None:
    assert await versions.append(NEW) == await versions.append(NEW)
    assert await versions.count() == 1


async def test_versions_count_up_for_each_model_even_when_trained_at_once(versions: ModelVersionRepository) -> None:
    news = [replace(NEW, recipe_sha256=str(n)) for n in range(4)]
    stored = await asyncio.gather(*(versions.append(new) for new in news))
    assert sorted(s.version for s in stored) == [1, 2, 3, 4]
    assert (await versions.append(replace(NEW, model_id="momentum"))).version == 1


async def test_a_date_finds_the_newest_version_up_to_it_and_never_a_later_one(versions: ModelVersionRepository) -> None:
    for day in (1, 15, 8):
        await versions.append(replace(NEW, as_of=date(2024, 3, day)))
    found = await versions.find_newest("model_a", date(2024, 3, 10))
    assert found is not None
    assert found.as_of == date(2024, 3, 8)
    assert await versions.find_newest("model_a", date(2024, 2, 29)) is None
    latest = await versions.find_newest("model_a")
    assert latest is not None
    assert latest.as_of == date(2024, 3, 15)


async def test_a_stored_version_can_be_neither_changed_nor_deleted(versions: ModelVersionRepository) -> None:
    stored = await versions.append(NEW)
    with pytest.raises(psycopg.errors.RaiseException, match="model_versions is append-only"):
        await versions.update(stored.id, {"algorithm": "magic"})
    with pytest.raises(psycopg.errors.RaiseException, match="model_versions is append-only"):
        await versions.delete(stored.id)


async def test_a_damaged_or_missing_artifact_is_refused(versions: ModelVersionRepository, db: Database) -> None:
    async with db.connection() as connection:
        await connection.execute("INSERT INTO model_artifacts VALUES (%s, 'not it')", ["a" * 64])
    for sha256 in ("a" * 64, "b" * 64):
        with pytest.raises(ArtifactDamaged, match=sha256[:12]):
            await versions.get_artifact(sha256)


async def test_damaged_or_missing_evidence_is_refused(versions: ModelVersionRepository, db: Database) -> None:
    async with db.connection() as connection:
        await connection.execute("INSERT INTO model_evidence VALUES (%s, 'not it')", ["a" * 64])
    for sha256 in ("a" * 64, "b" * 64):
        with pytest.raises(EvidenceDamaged, match=sha256[:12]):
            await versions.get_evidence(sha256)


async def test_every_run_is_a_trial_even_one_that_stored_nothing_new(
    versions: ModelVersionRepository, db: Database
) -> None:
    trials = TrialRepository(db)
    assert await trials.tally() == Tally(0, 0.0)
    # given a run, the same run again, and one of a sweep that left no version and was too short to measure
    for _ in range(2):
        await versions.append(NEW)
    await trials.append(replace(TRIAL, sharpe=0.5))
    await trials.append(replace(TRIAL, sharpe=None, periods=0, skew=None, kurtosis=None))
    # then all of them count, and the variance is of those measured: 0.2, 0.2 and 0.5
    tally = await trials.tally()
    assert (tally.trials, tally.variance) == (4, pytest.approx(0.03))
    assert await versions.count() == 1
    with pytest.raises(psycopg.errors.RaiseException, match="model_trials is append-only"):
        await trials.delete(1)


async def test_a_version_that_fails_to_be_stored_leaves_no_trial(
    versions: ModelVersionRepository, db: Database
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        await versions.append(replace(NEW, trained_through=date(2030, 1, 1)))
    assert await TrialRepository(db).count() == 0
