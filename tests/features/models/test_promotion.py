"""Decisions on versions whose evidence is made up, so that what the gate must find is known."""

import time
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from asxos.core.db import Database
from asxos.domain.promotion import Role
from asxos.domain.validation.evidence import pack
from asxos.features.models.errors import GateClosed, IsChampion, NeverChampion, NoChampionBefore, NoVersion
from asxos.features.models.records import ModelVersion, Promotion
from asxos.features.models.registry import UnknownModel
from tests.features.models.conftest import Services
from tests.features.models.repositories.test_versions import NEW
from tests.told import told

MARCH, JUNE, SEPTEMBER = date(2024, 3, 1), date(2024, 6, 3), date(2024, 9, 2)
STRONG, WEAK = told(0.3, 1), told(0.02, 2)
DISHONEST = STRONG.with_columns(ml_prob=pl.lit(0.7, pl.Float32))


async def version(services: Services, model_id: str, as_of: date, evidence: pl.DataFrame) -> ModelVersion:
    """A stored version with that evidence."""
    made = replace(NEW, model_id=model_id, as_of=as_of, evidence=pack(evidence), recipe_sha256=str(as_of))
    return await services.training.versions.append(made)


async def judged(services: Services, model_id: str, as_of: date, evidence: pl.DataFrame) -> Promotion:
    """A stored version through the gate."""
    decided = await services.promotion.judge(await version(services, model_id, as_of, evidence))
    assert decided is not None
    return decided


@pytest.fixture
async def ridge(services: Services) -> Promotion:
    """A champion to beat."""
    return await judged(services, "ridge", MARCH, WEAK)


async def serving(services: Services, model_id: str = "model_a") -> tuple[int | None, Role, int | None]:
    found = await services.recipes.serving.now(model_id)
    return found.number, found.role, found.shadow.version if found.shadow else None


@pytest.mark.usefixtures("ridge")
async def test_a_version_that_beats_ridge_is_promoted_by_the_system_from_its_own_session_on(services: Services) -> None:
    decided = await judged(services, "model_a", MARCH, STRONG)
    assert (decided.action, decided.decided_by, decided.effective_from) == ("promote", "system", MARCH)
    assert [line["measure"] for line in decided.gate] == [
        "leaks found",
        "calibration error beyond chance",
        "interval coverage",
        "net spread over ridge",
        "t of net spread over ridge",
    ]
    assert all(line["passed"] for line in decided.gate)
    assert await serving(services) == (1, Role.CHAMPION, None)


async def test_a_baseline_need_only_be_honest(ridge: Promotion, services: Services) -> None:
    assert (ridge.action, len(ridge.gate)) == ("promote", 3)
    dishonest = await judged(services, "momentum", MARCH, DISHONEST)
    assert (dishonest.action, [line["passed"] for line in dishonest.gate]) == ("refuse", [True, False, True])


@pytest.mark.parametrize(("manifest", "value"), [({"leaks": {"found": 1}}, 1), ({}, None)], ids=["leaks", "unchecked"])
async def test_a_version_that_leaks_or_was_never_checked_is_refused(
    services: Services, manifest: dict[str, Any], value: int | None
) -> None:
    made = replace(NEW, model_id="momentum", as_of=MARCH, evidence=pack(STRONG), manifest=NEW.manifest | manifest)
    if not manifest:
        del made.manifest["leaks"]
    decided = await services.promotion.judge(await services.training.versions.append(made))
    assert decided is not None
    assert decided.action == "refuse"
    assert [(line["measure"], line["value"]) for line in decided.gate if not line["passed"]] == [("leaks found", value)]


async def test_without_a_ridge_to_beat_no_other_model_is_promoted(services: Services) -> None:
    decided = await judged(services, "model_a", MARCH, STRONG)
    assert decided.action == "refuse"
    assert [line["value"] for line in decided.gate[3:]] == [None, None]


@pytest.mark.usefixtures("ridge")
async def test_the_system_decides_on_a_version_once(services: Services) -> None:
    stored = await version(services, "model_a", MARCH, STRONG)
    assert await services.promotion.judge(stored) is not None
    assert await services.promotion.judge(stored) is None
    assert len((await services.cards.ledger("model_a")).promotions) == 1


@pytest.mark.usefixtures("ridge")
async def test_a_refused_version_challenges_the_champion_and_a_better_one_follows(services: Services) -> None:
    await judged(services, "model_a", MARCH, STRONG)
    await judged(services, "model_a", JUNE, WEAK)
    assert await serving(services) == (1, Role.CHAMPION, 2)
    await judged(services, "model_a", SEPTEMBER, told(0.4, 3))
    assert await serving(services) == (3, Role.CHAMPION, None)
    # and what served before, still serves its own time
    days = (MARCH, JUNE, SEPTEMBER)
    champions = [(await services.recipes.serving.ledger.champions(day))["model_a"].version for day in days]
    assert champions == [1, 1, 3]
    roles = [
        (v.version, (await services.cards.card("model_a")).role(v.version))
        for v in (await services.cards.card("model_a")).versions
    ]
    assert roles == [(3, Role.CHAMPION), (2, Role.RETIRED), (1, Role.RETIRED)]


@pytest.mark.usefixtures("ridge")
async def test_a_person_may_promote_only_through_the_gate_and_the_refusal_is_kept(services: Services) -> None:
    await judged(services, "model_a", MARCH, told(0.3, 7).with_columns(score=pl.lit(0.0, pl.Float32)))
    with pytest.raises(GateClosed, match=r"model_a v1 is refused: net spread over ridge -.*, must be at least 0; t of"):
        await services.promotion.promote("model_a", 1, "ann")
    last = (await services.cards.ledger("model_a")).promotions[0]
    assert (last.action, last.decided_by) == ("refuse", "ann")
    assert (await serving(services))[1] is Role.CHALLENGER


@pytest.mark.usefixtures("ridge")
async def test_a_person_may_promote_what_the_gate_lets_through_now(services: Services) -> None:
    # given a version that was refused for want of a bound, which models.yaml has since relaxed
    registry = services.models.registry
    await judged(
        services, "model_a", MARCH, STRONG.with_columns(low=pl.lit(-9, pl.Float32), high=pl.lit(9, pl.Float32))
    )
    relaxed = registry.catalogue.promotion.model_copy(update={"max_coverage": 1.0})
    registry.catalogue = registry.catalogue.model_copy(update={"promotion": relaxed})
    # when a person asks again, after a session that was ranked
    await services.cards.weights.keep(JUNE, {"any": "basis"}, {"ridge": 1.0})
    decided = await services.promotion.promote("model_a", None, "ann")
    # then it serves from that session on, not from before
    assert (decided.action, decided.decided_by, decided.effective_from) == ("promote", "ann", JUNE)
    with pytest.raises(IsChampion, match="model_a v1 is champion already"):
        await services.promotion.promote("model_a", 1, "ann")


@pytest.mark.usefixtures("ridge")
async def test_a_roll_back_is_one_row_at_once_and_leaves_the_past_as_it_was(services: Services) -> None:
    for as_of, seed in ((MARCH, 1), (JUNE, 3), (SEPTEMBER, 4)):
        await judged(services, "model_a", as_of, told(0.3, seed))
    before = len((await services.cards.ledger("model_a")).promotions)
    started = time.monotonic()
    decided = await services.promotion.rollback("model_a", None, "ann")
    # a minute is what is promised; it takes milliseconds
    assert time.monotonic() - started < 5
    assert (decided.action, decided.version, decided.effective_from) == ("rollback", 2, SEPTEMBER)
    assert len((await services.cards.ledger("model_a")).promotions) == before + 1
    # the version it came from is now a challenger
    assert await serving(services) == (2, Role.CHAMPION, 3)
    assert (await services.recipes.serving.ledger.champions(JUNE))["model_a"].version == 2
    # once more goes one further back, and any former champion can be named
    assert (await services.promotion.rollback("model_a", None, "ann")).version == 1
    assert (await services.promotion.rollback("model_a", 3, "ann")).version == 3
    with pytest.raises(IsChampion):
        await services.promotion.rollback("model_a", 3, "ann")


@pytest.mark.usefixtures("ridge")
async def test_a_roll_back_needs_somebody_to_go_back_to_who_passed_the_gate(services: Services) -> None:
    with pytest.raises(NoChampionBefore, match="'model_a' has had no champion"):
        await services.promotion.rollback("model_a", None, "ann")
    await judged(services, "model_a", MARCH, STRONG)
    with pytest.raises(NoChampionBefore):
        await services.promotion.rollback("model_a", None, "ann")
    await judged(services, "model_a", JUNE, WEAK)
    with pytest.raises(NeverChampion, match="model_a v2 was never champion; promote it through the gate"):
        await services.promotion.rollback("model_a", 2, "ann")
    with pytest.raises(NoVersion, match="'model_a' has no trained version v9"):
        await services.promotion.rollback("model_a", 9, "ann")


async def test_what_is_not_there_cannot_be_promoted(services: Services) -> None:
    with pytest.raises(UnknownModel):
        await services.promotion.promote("model_z", None, "ann")
    with pytest.raises(UnknownModel):
        await services.promotion.rollback("model_z", None, "ann")
    with pytest.raises(UnknownModel):
        await services.cards.ledger("model_z")
    with pytest.raises(NoVersion, match="'model_a' has no trained version"):
        await services.promotion.promote("model_a", None, "ann")


async def test_a_version_without_evidence_is_refused_and_another_is_due(services: Services, db: Database) -> None:
    stored = await version(services, "ridge", MARCH, WEAK)
    async with db.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE model_versions SET evidence_sha256 = NULL")
    old = await services.training.version_for("ridge", MARCH)
    decided = await services.promotion.judge(old)
    assert decided is not None
    assert (old.id, decided.action, [line["measure"] for line in decided.gate]) == (stored.id, "refuse", ["evidence"])
    assert await services.training.is_due("ridge", MARCH)


@pytest.mark.usefixtures("ridge")
async def test_a_champion_made_of_factors_that_are_no_more_gives_way_to_the_newest(services: Services) -> None:
    made = replace(NEW, evidence=pack(STRONG), features=["a_factor_long_gone"], as_of=MARCH)
    assert await services.promotion.judge(await services.training.versions.append(made)) is not None
    await judged(services, "model_a", JUNE, WEAK)
    assert await serving(services) == (2, Role.CHALLENGER, None)


@pytest.mark.usefixtures("ridge")
async def test_the_ledger_says_whether_it_is_as_it_was_written(services: Services, db: Database) -> None:
    await judged(services, "model_a", MARCH, STRONG)
    assert (await services.cards.ledger()).broken is None
    async with db.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE model_promotions SET decided_by = 'nobody' WHERE model_id = 'ridge'")
    broken = (await services.cards.ledger("model_a")).broken
    assert broken is not None
    assert broken.model_id == "ridge"
