import asyncio
from dataclasses import replace
from datetime import date

import psycopg
import pytest

from asxos.core.db import Database
from asxos.features.models.records import NewVersion
from asxos.features.models.repositories import ArtifactDamaged, ModelVersionRepository

NEW = NewVersion(
    model_id="model_a",
    as_of=date(2024, 3, 1),
    trained_from=date(2016, 1, 4),
    trained_through=date(2024, 1, 31),
    algorithm="LightGBM",
    features=["momentum_12_1", "adv_20"],
    artifact="tree\nÄ",
    recipe_sha256="r",
    manifest={"metrics": {"rank_ic": 0.05}, "seed": 7},
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
