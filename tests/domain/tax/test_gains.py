"""Gains and losses of a year. Worked numbers: the project's tax rules; cases: public unit tests in the shared data."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from asxos.domain.ledger.book import Reset, replay
from asxos.domain.ledger.parcels import Method
from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.domain.money import cents
from asxos.domain.tax.gains import YearOfGains, gains_of_year, years_of_gains
from asxos.domain.tax.rules import LINE, Entity, FinancialYear, pack_for
from tests.domain.ledger.lines import buy, line, sell


def year_of(
    lines: list[Transaction],
    ends: int,
    entity: Entity = Entity.INDIVIDUAL,
    method: Method = Method.FIFO,
    **more: Any,
) -> YearOfGains:
    year = FinancialYear(ends)
    return gains_of_year(replay(lines, method).disposals, year, pack_for(entity, year.last, reform=True), **more)


ONE_YEAR = [buy("2024-08-01", "1000", "10", "10")]


@pytest.mark.parametrize(
    ("sold", "entity", "taxable"),
    [
        ("2025-08-01", Entity.INDIVIDUAL, "4980"),
        ("2025-08-02", Entity.INDIVIDUAL, "2490"),
        ("2025-08-02", Entity.SUPER_FUND, "3320"),
        ("2025-08-02", Entity.COMPANY, "4980"),
    ],
)
def test_cost_base_holds_both_brokerages_and_discount_needs_a_clear_year(
    sold: str, entity: Entity, taxable: str
) -> None:
    done = year_of([*ONE_YEAR, sell(sold, "1000", "15", "10")], 2026, entity)
    assert done.total_gains == 4980
    assert done.net_capital_gain == Decimal(taxable)


TD33 = [buy("2023-05-01", "100", "20"), buy("2025-02-03", "100", "22"), buy("2026-01-05", "100", "25")]
TD33_SALE = sell("2026-03-01", "100", "30")


@pytest.mark.parametrize("method", [Method.FIFO, Method.LIFO, Method.HIGHEST_COST])
def test_the_methods_of_td_33(method: Method) -> None:
    assert year_of([*TD33, TD33_SALE], 2026, method=method).net_capital_gain == 500


def test_losses_go_first_against_gains_without_discount_and_are_carried_forward() -> None:
    lines = [
        buy("2023-01-03", "100", "10", code="OLD"),
        buy("2025-09-01", "100", "10", code="NEW"),
        buy("2025-09-01", "100", "10", code="BAD"),
        sell("2026-02-02", "100", "13", code="OLD"),  # 300, discounted
        sell("2026-02-02", "100", "12", code="NEW"),  # 200, whole
        sell("2026-02-02", "100", "6", code="BAD"),  # -400
    ]
    done = year_of(lines, 2026)
    # 200 of the loss against NEW, 200 against OLD before its discount: (300 - 200) / 2.
    assert done.net_capital_gain == 50
    assert (done.losses_applied, done.carried_forward) == (400, 0)
    assert year_of(lines, 2026, brought_forward=Decimal(1_000)).carried_forward == 900


def test_losses_carry_from_year_to_year() -> None:
    lines = [
        buy("2023-07-03", "100", "10", code="BAD"),
        sell("2024-02-01", "100", "4", code="BAD"),
        buy("2024-08-01", "100", "10"),
        sell("2026-01-05", "100", "20"),
    ]
    years = years_of_gains(
        replay(lines).disposals,
        FinancialYear(2026),
        lambda year: pack_for(Entity.INDIVIDUAL, year.last, reform=True),
    )
    assert [(str(y.year), y.brought_forward, y.carried_forward, y.net_capital_gain) for y in years] == [
        ("2023-24", 0, 600, 0),
        ("2024-25", 600, 600, 0),
        ("2025-26", 600, 0, 200),
    ]


class TestReform:
    """1,000 at $10 in 2020, $15 on 30 June 2027, sold at $20 in December 2029; CPI +7.5 % (illustrative)."""

    LINES = (buy("2020-03-02", "1000", "10"), sell("2029-12-10", "1000", "20"))
    RESET = Reset(LINE, {"XYZ": Decimal(15)})

    def done(self, *, reform: bool) -> YearOfGains:
        year = FinancialYear(2030)
        book = replay(self.LINES, reset=self.RESET if reform else None)
        pack = pack_for(Entity.INDIVIDUAL, year.last, reform=reform)
        return gains_of_year(book.disposals, year, pack, index=lambda _from, _to: Decimal("1.075"))

    def test_deferred_part_is_discounted_and_the_rest_indexed(self) -> None:
        done = self.done(reform=True)
        assert sorted(a.assessable for a in done.gains) == [2500, 3875]
        assert done.net_capital_gain == 6375
        assert done.indexed == 3875
        assert done.indexed * Decimal("0.30") == Decimal("1162.50")

    def test_the_old_law_taxes_half_of_the_whole(self) -> None:
        assert self.done(reform=False).net_capital_gain == 5000

    def test_without_the_value_of_that_day_the_gain_is_unknown(self) -> None:
        year = FinancialYear(2030)
        book = replay(self.LINES, reset=Reset(LINE, {}))
        done = gains_of_year(book.disposals, year, pack_for(Entity.INDIVIDUAL, year.last, reform=True))
        assert done.net_capital_gain == 0
        assert [d.code for d in done.unknown] == ["XYZ"]

    def test_losses_go_against_discountable_gains_before_indexed_ones(self) -> None:
        lines = [*self.LINES, buy("2029-11-01", "100", "50", code="BAD"), sell("2029-12-03", "100", "10", code="BAD")]
        year = FinancialYear(2030)
        book = replay(lines, reset=self.RESET)
        pack = pack_for(Entity.INDIVIDUAL, year.last, reform=True)
        done = gains_of_year(book.disposals, year, pack, index=lambda _from, _to: Decimal("1.075"))
        assert {a.gain.treatment: a.loss for a in done.gains} == {"discount": 4000, "indexed": 0}
        assert done.net_capital_gain == 500 + 3875


class TestAfterTheReform:
    """What was bought after 1 July 2027."""

    PACK = pack_for(Entity.INDIVIDUAL, date(2030, 6, 30), reform=True)

    def done(self, *lines: Transaction, index: Any = None) -> YearOfGains:
        return gains_of_year(replay(lines).disposals, FinancialYear(2030), self.PACK, index=index)

    def test_under_a_year_there_is_neither_discount_nor_index(self) -> None:
        done = self.done(buy("2029-08-01", "100", "10"), sell("2029-12-03", "100", "12"))
        assert (done.net_capital_gain, done.indexed) == (200, 0)

    def test_a_loss_is_not_indexed(self) -> None:
        lines = buy("2027-08-02", "100", "10"), sell("2029-12-03", "100", "8")
        assert self.done(*lines, index=lambda _from, _to: Decimal("1.1")).carried_forward == 200

    def test_an_index_makes_no_loss_of_a_gain(self) -> None:
        lines = buy("2027-08-02", "100", "10"), sell("2029-12-03", "100", "10.50")
        assert self.done(*lines, index=lambda _from, _to: Decimal("1.1")).net_capital_gain == 0

    def test_without_the_index_or_the_cost_the_gain_is_unknown(self) -> None:
        held = buy("2027-08-02", "100", "10"), sell("2029-12-03", "100", "12")
        opening = line(Kind.OPENING, "2027-08-02", quantity="100"), sell("2029-12-03", "100", "12")
        for lines in (held, opening):
            assert len(self.done(*lines).unknown) == 1


def test_an_unknown_cost_is_never_zero() -> None:
    lines = [line(Kind.OPENING, "2024-07-01", quantity="10"), sell("2026-01-05", "10", "20")]
    done = year_of(lines, 2026)
    assert done.net_capital_gain == 0
    assert len(done.unknown) == 1


def test_a_shortfall_has_no_gain() -> None:
    book = replay([buy("2025-07-01", "60", "10"), sell("2025-08-01", "100", "20", "10")])
    assert [(s.quantity, s.proceeds) for s in book.shortfalls] == [(40, 796)]
    assert [(d.quantity, d.proceeds) for d in book.disposals] == [(60, 1194)]


def _cases(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "cgt_cases.json").read_text())["cases"]


def test_the_shared_cases(shared_data: Path) -> None:
    for case in _cases(shared_data):
        if case["status"] != "agrees_with_law":
            continue
        lines = [
            (buy if t["type"] == "BUY" else sell)(t["date"], str(t["qty"]), str(t["price"]), str(t["brokerage"]))
            for t in case["transactions"]
            if t["type"] in {"BUY", "SELL"}
        ]
        if len(lines) != len(case["transactions"]) or "net_gain" not in case["expected"]:
            continue
        disposals = replay(lines).disposals
        years = [
            gains_of_year(disposals, y, pack_for(Entity.INDIVIDUAL, date(2020, 1, 1), reform=False))
            for y in {FinancialYear.of(d.on) for d in disposals}
        ]
        net = sum((y.net_capital_gain - y.carried_forward for y in years), Decimal(0))
        assert cents(net) == cents(Decimal(str(case["expected"]["net_gain"]))), case["id"]
