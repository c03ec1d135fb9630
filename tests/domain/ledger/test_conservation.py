"""Nothing is made and nothing lost: properties of any ledger, whatever stands in it and in whatever order it came."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from asxos.domain.ledger.book import Book, replay
from asxos.domain.ledger.facts import CgtEvent
from asxos.domain.ledger.parcels import Method
from asxos.domain.ledger.transactions import ACQUIRING, Kind, Transaction
from asxos.domain.money import ZERO

CODES = ("AAA", "BBB")
FIRST = date(2020, 1, 1)

days = st.integers(0, 900).map(lambda n: FIRST + timedelta(n))
units = st.decimals("0.5", 5_000, places=1)
money = st.decimals("0.01", 50_000, places=2)
fees = st.decimals(0, 60, places=2)


def _values(draw: st.DrawFn, kind: Kind) -> dict[str, Any]:
    match kind:
        case Kind.BUY | Kind.SELL:
            return {"quantity": draw(units), "amount": draw(money), "brokerage": draw(fees)}
        case Kind.SPLIT | Kind.CONSOLIDATION:
            return {"ratio": Decimal(draw(st.sampled_from(["2", "1.5", "10", "0.1", "0.25"])))}
        case Kind.DEMERGER:
            return {"ratio": Decimal(1), "cost_share": draw(st.decimals(0, 1, places=4)), "into": "NEW"}
        case Kind.RETURN_OF_CAPITAL:
            return {"price": draw(st.decimals(0, 3, places=3))}
        case _:
            return {"amount": draw(st.decimals(-900, 900, places=2))}


@st.composite
def lines(draw: st.DrawFn, kinds: tuple[Kind, ...]) -> list[Transaction]:
    made: list[Transaction] = []
    for number in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(kinds))
        values = _values(draw, kind)
        made.append(Transaction(f"t{number:02d}", kind, draw(days), draw(st.sampled_from(CODES)), **values))
    return made


TRADES = (Kind.BUY, Kind.BUY, Kind.SELL)
RESCALED = (*TRADES, Kind.SPLIT, Kind.CONSOLIDATION, Kind.DEMERGER)
EVERYTHING = (*RESCALED, Kind.RETURN_OF_CAPITAL, Kind.AMIT)
methods = st.sampled_from([Method.FIFO, Method.LIFO, Method.HIGHEST_COST])


def base(book: Book) -> Decimal:
    held = sum((p.cost_base or ZERO for parcels in book.parcels.values() for p in parcels), ZERO)
    return held + sum((d.cost_base or ZERO for d in book.disposals if d.event is CgtEvent.A1), ZERO)


@given(lines(TRADES), methods)
def test_units_bought_are_held_or_sold(made: list[Transaction], method: Method) -> None:
    book = replay(made, method)
    bought = sum((t.quantity or ZERO for t in made if t.kind in ACQUIRING), ZERO)
    held = sum((book.quantity(code) for code in CODES), ZERO)
    assert held + sum((d.quantity for d in book.disposals), ZERO) == bought
    sold = sum((t.quantity or ZERO for t in made if t.kind is Kind.SELL), ZERO)
    assert sum((d.quantity for d in book.disposals), ZERO) + sum((s.quantity for s in book.shortfalls), ZERO) == sold


@given(lines(RESCALED), methods)
def test_cost_bases_add_up_to_what_was_paid(made: list[Transaction], method: Method) -> None:
    paid = sum(((t.amount or ZERO) + t.brokerage for t in made if t.kind in ACQUIRING), ZERO)
    assert base(replay(made, method)) == paid


@given(lines(EVERYTHING), methods)
def test_proceeds_add_up_to_what_was_got(made: list[Transaction], method: Method) -> None:
    book = replay(made, method)
    got = sum(((t.amount or ZERO) - t.brokerage for t in made if t.kind is Kind.SELL), ZERO)
    sold = sum((d.proceeds for d in book.disposals if d.event is CgtEvent.A1), ZERO)
    assert sold + sum((s.proceeds for s in book.shortfalls), ZERO) == got
    assert all(p.quantity > 0 for parcels in book.parcels.values() for p in parcels)
    assert all((p.cost_base or ZERO) >= 0 for parcels in book.parcels.values() for p in parcels)


@given(lines(EVERYTHING), methods, st.randoms())
def test_the_order_of_import_does_not_matter(made: list[Transaction], method: Method, random: Random) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)
    assert replay(shuffled, method) == replay(made, method)


@given(lines(EVERYTHING), days)
def test_what_comes_later_changes_nothing_before(made: list[Transaction], until: date) -> None:
    assert replay(made, until=until) == replay([t for t in made if t.on <= until])
