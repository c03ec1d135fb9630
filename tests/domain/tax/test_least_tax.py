"""The least-tax choice against TD 33's worked numbers and against every choice there is."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asxos.domain.tax.least_tax import Candidate, NotSolved, Rest, least_tax

HALF = Decimal("0.5")


def candidate(parcel: str, units: int, cost: str, price: str, *, discounted: bool, sale: str = "s") -> Candidate:
    quantity = Decimal(units)
    return Candidate(sale, parcel, quantity, quantity * Decimal(cost), Decimal(price), discounted)


TD33 = [
    candidate("p2023", 100, "20", "30", discounted=True),
    candidate("p2025", 100, "22", "30", discounted=True),
    candidate("p2026", 100, "25", "30", discounted=False),
]


def test_without_losses_the_discounted_parcel_with_the_least_gain_is_best() -> None:
    found = least_tax({"s": Decimal(100)}, TD33, HALF)
    assert [(c.parcel, c.quantity) for c in found.chosen["s"]] == [("p2025", 100)]
    assert found.net_capital_gain == pytest.approx(400)
    assert found.gap <= 1e-9


@pytest.mark.parametrize(("parcel", "taxable"), [(1, 250), (2, 200)])
def test_with_losses_another_whole_parcel_is_best(parcel: int, taxable: int) -> None:
    found = least_tax({"s": Decimal(100)}, TD33[parcel : parcel + 1], HALF, Rest(losses=Decimal(300)))
    assert found.net_capital_gain == pytest.approx(taxable)


def test_with_losses_parts_of_two_parcels_are_better_than_either() -> None:
    # 60 x $5 without discount use up the loss; 40 x $8 are halved: 160, against 200 and 250 for a whole parcel.
    found = least_tax({"s": Decimal(100)}, TD33, HALF, Rest(losses=Decimal(300)))
    assert sorted((c.parcel, c.quantity) for c in found.chosen["s"]) == [("p2025", 40), ("p2026", 60)]
    assert found.net_capital_gain == pytest.approx(160)


def test_more_than_there_is_cannot_be_sold() -> None:
    with pytest.raises(NotSolved):
        least_tax({"s": Decimal(301)}, TD33, HALF)


parcels = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 40), st.booleans()), min_size=1, max_size=4)


def taxable(choice: tuple[int, ...], made: list[tuple[int, int, bool]], losses: float) -> float:
    gains = [units * (20 - cost) for units, (_, cost, _) in zip(choice, made, strict=True)]
    whole = sum(g for g, (_, _, d) in zip(gains, made, strict=True) if g > 0 and not d)
    half = sum(g for g, (_, _, d) in zip(gains, made, strict=True) if g > 0 and d)
    left = losses - sum(g for g in gains if g < 0)
    return max(whole - left, 0) + max(half - max(left - whole, 0), 0) / 2


@given(parcels, st.integers(0, 60), st.data())
def test_no_choice_is_better(made: list[tuple[int, int, bool]], losses: int, data: st.DataObject) -> None:
    held = sum(units for units, _, _ in made)
    wanted = data.draw(st.integers(1, held))
    candidates = [candidate(f"p{i}", units, str(cost), "20", discounted=d) for i, (units, cost, d) in enumerate(made)]
    found = least_tax({"s": Decimal(wanted)}, candidates, HALF, Rest(losses=Decimal(losses)))
    choices = product(*(range(units + 1) for units, _, _ in made))
    best = min(taxable(c, made, losses) for c in choices if sum(c) == wanted)
    assert found.net_capital_gain == pytest.approx(best, abs=1e-6)
    assert sum(c.quantity for c in found.chosen["s"]) == wanted
