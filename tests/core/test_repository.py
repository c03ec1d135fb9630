from dataclasses import dataclass

import pytest

from asxos.core.db import Database
from asxos.core.repository import BaseRepository, UnlikeRecords


@dataclass(frozen=True)
class Fruit:
    id: int
    name: str
    grams: float | None


@pytest.fixture
async def fruits(db: Database) -> BaseRepository[Fruit]:
    async with db.connection() as connection:
        await connection.execute(
            "CREATE TABLE fruits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE NOT NULL,"
            " grams float8)"
        )
    return BaseRepository("fruits", Fruit, db)


async def test_an_inserted_record_is_found_by_its_id(fruits: BaseRepository[Fruit]) -> None:
    id = await fruits.insert({"name": "apple", "grams": 150.0})
    assert await fruits.find_by_id(id) == Fruit(id, "apple", 150.0)


async def test_what_was_never_stored_is_not_found(fruits: BaseRepository[Fruit]) -> None:
    assert await fruits.find_by_id(7) is None


async def test_pages_come_in_id_order(fruits: BaseRepository[Fruit]) -> None:
    await fruits.bulk_insert([{"name": name} for name in "abcde"])
    assert [f.name for f in await fruits.find_all(limit=2, offset=1)] == ["b", "c"]


async def test_an_update_changes_only_the_named_columns(fruits: BaseRepository[Fruit]) -> None:
    id = await fruits.insert({"name": "pear", "grams": 1.0})
    assert await fruits.update(id, {"grams": 2.0})
    assert await fruits.find_by_id(id) == Fruit(id, "pear", 2.0)


async def test_updating_or_deleting_nothing_says_so(fruits: BaseRepository[Fruit]) -> None:
    assert not await fruits.update(1, {"grams": 2.0})
    assert not await fruits.delete(1)


async def test_a_deleted_record_is_gone(fruits: BaseRepository[Fruit]) -> None:
    id = await fruits.insert({"name": "fig"})
    assert await fruits.delete(id)
    assert await fruits.count() == 0


async def test_a_count_takes_its_condition_from_code_and_its_values_as_parameters(
    fruits: BaseRepository[Fruit],
) -> None:
    await fruits.bulk_insert([{"name": "a", "grams": 1.0}, {"name": "b", "grams": 5.0}])
    assert await fruits.count("grams > %s", [2]) == 1


async def test_a_hostile_column_name_is_an_error_and_not_sql(fruits: BaseRepository[Fruit]) -> None:
    with pytest.raises(Exception, match="column"):
        await fruits.insert({'name") VALUES (1); DROP TABLE fruits; --': "x"})
    assert await fruits.count() == 0


@pytest.mark.parametrize("count", [0, 1, 199, 200, 2_500])
async def test_a_batch_of_any_size_is_stored_whole(fruits: BaseRepository[Fruit], count: int) -> None:
    await fruits.bulk_insert([{"name": f"n{i}", "grams": i / 7} for i in range(count)])
    assert await fruits.count() == count


@pytest.mark.parametrize("count", [3, 500])
async def test_an_upsert_replaces_what_stands_under_the_key(fruits: BaseRepository[Fruit], count: int) -> None:
    await fruits.insert({"name": "n1", "grams": -1.0})
    await fruits.bulk_upsert([{"name": f"n{i}", "grams": float(i)} for i in range(count)], ["name"])
    assert await fruits.count() == count
    assert await fruits.count("name = 'n1' AND grams = 1") == 1


@pytest.mark.parametrize("count", [2, 300])
async def test_the_last_of_equal_keys_in_a_batch_wins(fruits: BaseRepository[Fruit], count: int) -> None:
    await fruits.bulk_upsert([{"name": "same", "grams": float(i)} for i in range(count)], ["name"])
    assert [f.grams for f in await fruits.find_all()] == [count - 1.0]


async def test_an_upsert_of_keys_alone_leaves_the_rest_as_it_stands(fruits: BaseRepository[Fruit]) -> None:
    await fruits.insert({"name": "kiwi", "grams": 3.0})
    await fruits.bulk_upsert([{"name": "kiwi"}, {"name": "lime"}], ["name"])
    assert [(f.name, f.grams) for f in await fruits.find_all()] == [("kiwi", 3.0), ("lime", None)]


async def test_a_batch_may_upsert_the_same_table_twice_in_one_transaction(fruits: BaseRepository[Fruit]) -> None:
    async with fruits.db.transaction():
        for grams in (1.0, 2.0):
            await fruits.bulk_upsert([{"name": f"n{i}", "grams": grams} for i in range(300)], ["name"])
    assert await fruits.count("grams = 2") == 300


async def test_a_batch_with_one_bad_row_leaves_nothing_behind(fruits: BaseRepository[Fruit]) -> None:
    rows = [{"name": f"n{i}"} for i in range(300)] + [{"name": "n0"}]
    with pytest.raises(Exception, match="duplicate key"):
        await fruits.bulk_insert(rows)
    assert await fruits.count() == 0


async def test_records_of_unlike_shape_are_refused_by_number(fruits: BaseRepository[Fruit]) -> None:
    with pytest.raises(UnlikeRecords, match="record 1"):
        await fruits.bulk_insert([{"name": "a"}, {"nmae": "b"}])


async def test_a_column_of_arrays_is_stored_whole_in_a_small_batch(db: Database) -> None:
    async with db.connection() as connection:
        await connection.execute("CREATE TABLE lists (id int PRIMARY KEY, words text[] NOT NULL)")
    lists = BaseRepository("lists", dict, db)
    await lists.bulk_upsert([{"id": 1, "words": ["a", "b"]}, {"id": 2, "words": []}], ["id"])
    assert await lists.count("words = %s", [["a", "b"]]) == 1
