from datetime import date

import polars as pl
import pytest

from asxos.domain.bars.codes import Changes, Listing, Period, Registry
from tests.domain.bars.factories import MONDAY, bars, weekdays

D = weekdays(30)


def piece(symbol: str, first: date, count: int = 2, entity: str | None = None) -> pl.DataFrame:
    return bars(symbol, [1.0] * count, first, entity=[entity] * count)


def place(registry: Registry, *pieces: pl.DataFrame) -> tuple[list[int], Changes]:
    ids, changes = registry.place(pl.concat(pieces).sort("symbol", "session_date"))
    return ids.to_list(), changes


def symbols(registry: Registry) -> dict[int, str]:
    return {id: listing.symbol for id, listing in registry.listings.items()}


def reloaded(registry: Registry) -> Registry:
    return Registry.of(registry.listings.values(), [p for periods in registry.periods.values() for p in periods])


def test_without_entities_a_symbol_is_a_security() -> None:
    registry = Registry()
    ids, changes = place(registry, piece("BHP.AX", D[0]), piece("CBA.AX", D[0]))
    assert (ids, changes.created) == ([1, 1, 2, 2], {1, 2})
    assert symbols(registry) == {1: "BHP.AX", 2: "CBA.AX"}
    assert registry.periods["BHP.AX"] == [Period(1, "BHP.AX", D[0], D[1])]


def test_the_same_bars_again_change_nothing() -> None:
    registry = Registry()
    pieces = [piece("OLD.AX", D[0], entity="E"), piece("NEW.AX", D[5], entity="E"), piece("NEW.AX", D[0], entity="F")]
    first, _ = place(registry, *pieces)
    again, changes = place(reloaded(registry), *pieces)
    assert again == first
    assert (changes.listings, changes.periods, changes.created) == ([], {}, set())


def test_a_renamed_company_is_one_security_under_its_latest_code() -> None:
    registry = Registry()
    ids, _ = place(registry, piece("OLD.AX", D[0], entity="E"), piece("NEW.AX", D[5], entity="E"))
    assert (set(ids), symbols(registry)) == ({1}, {1: "NEW.AX"})
    # the old code was given up after its last bar, and still finds the company
    assert registry.periods["OLD.AX"][0].valid_to == MONDAY.replace(day=10)
    assert registry.resolve("OLD.AX", D[20]) == 1


def test_a_later_code_in_another_batch_renames_the_security() -> None:
    registry = Registry()
    place(registry, piece("OLD.AX", D[0], entity="E"))
    _, changes = place(registry, piece("NEW.AX", D[5], entity="E"))
    assert symbols(registry) == {1: "NEW.AX"}
    assert changes.listings == [Listing(1, "NEW.AX", "E")]


def test_a_reused_code_belongs_to_its_present_owner_and_earlier_ones_are_numbered() -> None:
    registry = Registry()
    owners = [piece("XYZ.AX", D[0], entity="A"), piece("XYZ.AX", D[5], entity="B"), piece("XYZ.AX", D[10], entity="C")]
    ids, _ = place(registry, *owners)
    assert ids == [1, 1, 2, 2, 3, 3]
    assert symbols(registry) == {1: "XYZ~1.AX", 2: "XYZ~2.AX", 3: "XYZ.AX"}
    assert [registry.resolve("XYZ.AX", day) for day in (D[1], D[4], D[5], D[29])] == [1, 1, 2, 3]


def test_a_new_owner_changes_no_number_given_before() -> None:
    registry = Registry()
    place(registry, piece("XYZ.AX", D[0], entity="A"), piece("XYZ.AX", D[5], entity="B"))
    place(registry, piece("XYZ.AX", D[10], entity="C"))
    assert symbols(registry) == {1: "XYZ~1.AX", 2: "XYZ~2.AX", 3: "XYZ.AX"}


def test_codes_that_two_companies_exchange_keep_unique_symbols() -> None:
    registry = Registry()
    place(registry, piece("AAA.AX", D[0], entity="E"), piece("BBB.AX", D[0], entity="F"))
    place(registry, piece("AAA.AX", D[5], entity="F"), piece("BBB.AX", D[5], entity="E"))
    assert symbols(registry) == {1: "BBB.AX", 2: "AAA.AX"}


def test_bars_without_entity_follow_the_owner_of_the_code_on_their_date() -> None:
    registry = Registry()
    place(registry, piece("XYZ.AX", D[2], entity="A"), piece("XYZ.AX", D[10], entity="B"))
    ids, _ = place(registry, piece("XYZ.AX", D[0], 15))
    # before the first owner it is the first one's, later the second's
    assert ids == [1] * 10 + [2] * 5


def test_bars_without_entity_after_a_code_was_given_up_are_a_new_security() -> None:
    registry = Registry()
    place(registry, piece("OLD.AX", D[0], entity="E"), piece("NEW.AX", D[5], entity="E"))
    ids, changes = place(registry, piece("OLD.AX", D[20]))
    assert (ids, changes.created) == ([2, 2], {2})
    assert symbols(registry) == {1: "NEW.AX", 2: "OLD.AX"}


def test_a_security_stored_without_entity_takes_the_one_that_has_its_code_now() -> None:
    registry = Registry()
    place(registry, piece("XYZ.AX", D[10]))
    ids, changes = place(registry, piece("XYZ.AX", D[0], entity="A"), piece("XYZ.AX", D[10], entity="B"))
    assert ids == [2, 2, 1, 1]
    assert registry.listings[1] == Listing(1, "XYZ.AX", "B")
    assert changes.created == {2}


def test_a_stray_bar_under_a_former_code_does_not_rename() -> None:
    # as in the shared panel: A1M has one bar in 2005 under its present code, then years as IAU
    registry = Registry()
    strays = [
        piece("A1M.AX", D[0], 1, "A1M"),
        piece("A1M.AX", D[20], entity="A1M"),
        piece("IAU.AX", D[5], entity="A1M"),
    ]
    place(registry, *strays)
    assert symbols(registry) == {1: "A1M.AX"}


def test_an_unknown_code_is_nobodys() -> None:
    assert Registry().resolve("XYZ.AX", D[0]) is None


def test_a_listed_company_is_the_owner_of_its_code_or_a_new_security() -> None:
    registry = Registry()
    place(registry, piece("XYZ.AX", D[0], entity="A"))
    assert registry.listed("XYZ.AX", D[0], D[9]) == 1
    assert registry.listed("XYZ.AX", None, D[9]) == 1
    # listed after the last bar of the company that had the code: another one
    assert registry.listed("XYZ.AX", D[7], D[9]) == 2
    assert registry.listed("XYZ.AX", D[7], D[9]) == 2
    assert registry.listed("NEW.AX", None, D[9]) == 3
    assert symbols(registry) == {1: "XYZ~1.AX", 2: "XYZ.AX", 3: "NEW.AX"}


def test_a_former_code_is_learnt_only_where_prices_told_nothing() -> None:
    registry = Registry()
    place(registry, piece("NEW.AX", D[5]), piece("TAKEN.AX", D[5]))
    before = registry.snapshot()
    registry.learn_former("OLD.AX", "NEW.AX", D[0], D[3])
    registry.learn_former("TAKEN.AX", "NEW.AX", D[0], D[3])
    registry.learn_former("ANY.AX", "NOBODY.AX", D[0], D[3])
    assert list(before.changes(registry).periods) == ["OLD.AX"]
    assert registry.resolve("OLD.AX", D[1]) == 1


@pytest.mark.parametrize(("day", "covers"), [(D[0], False), (D[1], True), (D[2], True), (D[3], False)])
def test_a_period_ends_before_its_last_day(day: date, covers: bool) -> None:
    assert Period(1, "X.AX", D[1], D[2], D[3]).covers(day) is covers


def test_what_was_told_as_changed_does_not_change_afterwards() -> None:
    # given the changes of a batch, which are stored while the next one is placed
    registry = Registry()
    _, changes = place(registry, piece("XYZ.AX", D[0]))
    told = list(changes.periods["XYZ.AX"])
    place(registry, piece("XYZ.AX", D[5]))
    assert changes.periods["XYZ.AX"] == told
