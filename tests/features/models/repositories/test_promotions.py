import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import psycopg
import pytest

from asxos.core.db import Database
from asxos.features.models.records import NewPromotion
from asxos.features.models.repositories import ModelVersionRepository, PromotionRepository
from tests.features.models.repositories.test_versions import NEW

MONDAY, TUESDAY, FRIDAY = date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 8)
LINE = {"measure": "calibration error", "value": 0.0125, "bound": "0 to 0.03", "passed": True}
FIRST = NewPromotion(
    model_id="model_a",
    version=1,
    action="promote",
    effective_from=MONDAY,
    decided_at=datetime(2024, 3, 4, 7, 30, 0, 250, UTC),
    decided_by="system",
    evidence_sha256="e" * 64,
    gate=[LINE, LINE | {"value": None, "passed": False}],
)


@pytest.fixture
async def ledger(db: Database) -> PromotionRepository:
    """A ledger over three versions of model_a and one of momentum."""
    versions = ModelVersionRepository(db)
    for n in range(3):
        await versions.append(replace(NEW, recipe_sha256=str(n)))
    await versions.append(replace(NEW, model_id="momentum"))
    return PromotionRepository(db)


async def champion(ledger: PromotionRepository, session: date | None = None) -> int | None:
    found = (await ledger.champions(session)).get("model_a")
    return found.version if found else None


async def test_a_decision_reads_back_as_it_was_written(ledger: PromotionRepository) -> None:
    stored = await ledger.append(FIRST)
    assert NewPromotion(*(getattr(stored, name) for name in NewPromotion.__slots__)) == FIRST
    assert await ledger.of("model_a") == await ledger.latest(5) == [stored]
    assert await ledger.of("momentum") == []
    assert (await ledger.is_decided("model_a", 1), await ledger.is_decided("model_a", 2)) == (True, False)


async def test_the_champion_is_the_version_last_promoted_for_the_session(ledger: PromotionRepository) -> None:
    assert await champion(ledger) is None
    await ledger.append(FIRST)
    await ledger.append(replace(FIRST, version=2, effective_from=FRIDAY))
    await ledger.append(replace(FIRST, version=3, effective_from=FRIDAY, action="refuse"))
    days = (date(2024, 3, 1), MONDAY, TUESDAY, FRIDAY)
    assert [await champion(ledger, day) for day in days] == [None, 1, 1, 2]
    # a roll-back on the same session takes its place at once, and leaves the days before as they were
    await ledger.append(replace(FIRST, version=1, effective_from=FRIDAY, action="rollback"))
    assert [await champion(ledger, day) for day in days] == [None, 1, 1, 1]
    # and a version made later for an earlier session does not reach past the next decision
    await ledger.append(replace(FIRST, version=3, effective_from=TUESDAY))
    assert [await champion(ledger, day) for day in days] == [None, 1, 3, 1]


async def test_each_model_has_its_own_champion(ledger: PromotionRepository) -> None:
    await ledger.append(FIRST)
    await ledger.append(replace(FIRST, model_id="momentum", effective_from=FRIDAY))
    assert (await ledger.champions(TUESDAY)).keys() == {"model_a"}
    assert (await ledger.champions()).keys() == {"model_a", "momentum"}


async def test_decisions_written_at_once_form_one_chain(ledger: PromotionRepository) -> None:
    await asyncio.gather(*(ledger.append(replace(FIRST, version=n % 3 + 1)) for n in range(6)))
    assert len(await ledger.of("model_a")) == 6
    assert await ledger.find_break() is None


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE model_promotions SET version = 3 WHERE id = %s",
        "UPDATE model_promotions SET gate = jsonb_set(gate, '{0,value}', '0.01') WHERE id = %s",
        "UPDATE model_promotions SET decided_by = 'nobody' WHERE id = %s",
        "DELETE FROM model_promotions WHERE id = %s",
    ],
)
async def test_an_edit_or_a_deletion_behind_the_databases_back_is_found(
    ledger: PromotionRepository, db: Database, tampering: str
) -> None:
    stored = [await ledger.append(replace(FIRST, version=n)) for n in (1, 2, 3)]
    async with db.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(tampering, [stored[1].id])  # pyright: ignore[reportArgumentType]
    broken = await ledger.find_break()
    assert broken is not None
    assert broken.id == stored[2].id if tampering.startswith("DELETE") else stored[1].id


async def test_a_decision_can_be_neither_changed_nor_deleted_nor_made_on_a_version_that_is_not(
    ledger: PromotionRepository,
) -> None:
    stored = await ledger.append(FIRST)
    with pytest.raises(psycopg.errors.RaiseException, match="model_promotions is append-only"):
        await ledger.update(stored.id, {"version": 2})
    with pytest.raises(psycopg.errors.RaiseException, match="model_promotions is append-only"):
        await ledger.delete(stored.id)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await ledger.append(replace(FIRST, version=9))
