from datetime import date

import psycopg
import pytest

from asxos.core.db import Database
from asxos.features.models.repositories import WeightRepository

MONDAY, FRIDAY = date(2024, 3, 4), date(2024, 3, 8)
BASIS = {"versions": {"model_a": 3, "ridge": 1}, "weighting": "dynamic"}
WEIGHTS = {"model_a": 0.6, "ridge": 0.4}


@pytest.fixture
def kept(db: Database) -> WeightRepository:
    return WeightRepository(db)


async def test_weights_are_made_once_a_session_from_the_same_basis(kept: WeightRepository) -> None:
    first = await kept.keep(MONDAY, BASIS, WEIGHTS)
    assert (first.session_date, first.weights, first.basis) == (MONDAY, WEIGHTS, BASIS)
    # the order of keys is nothing, and what was kept first stays
    turned = dict(reversed(BASIS.items()))
    assert await kept.keep(MONDAY, turned, {"model_a": 0.5, "ridge": 0.5}) == first
    assert await kept.find(MONDAY, turned) == first
    assert await kept.find(FRIDAY, BASIS) is None


async def test_the_latest_weights_of_a_session_are_those_used(kept: WeightRepository) -> None:
    assert await kept.latest() is None
    await kept.keep(FRIDAY, BASIS, WEIGHTS)
    await kept.keep(MONDAY, BASIS, WEIGHTS)
    other = await kept.keep(FRIDAY, BASIS | {"versions": {"ridge": 1}}, {"ridge": 1.0})
    assert await kept.latest() == other
    found = await kept.latest(date(2024, 3, 7))
    assert found is not None
    assert found.session_date == MONDAY
    assert await kept.latest(date(2024, 3, 1)) is None


async def test_kept_weights_can_be_neither_changed_nor_deleted(kept: WeightRepository) -> None:
    stored = await kept.keep(MONDAY, BASIS, WEIGHTS)
    with pytest.raises(psycopg.errors.RaiseException, match="ensemble_weights is append-only"):
        await kept.update(stored.id, {"session_date": FRIDAY})
    with pytest.raises(psycopg.errors.RaiseException, match="ensemble_weights is append-only"):
        await kept.delete(stored.id)
