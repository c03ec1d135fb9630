"""Rebalancing worked by hand: which parcels, what it costs, and when nothing is done."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from asxos.domain.ledger.facts import Disposal
from asxos.domain.rebalancing.problem import Limits, Problem
from asxos.domain.rebalancing.proposal import LimitsNotMet, Proposal, propose
from asxos.domain.tax.rules import Entity
from asxos.domain.tax.standing import sale_of
from tests.domain.rebalancing.problems import ON, parcel, problem, share, standing

LOSS = parcel("BIG.AX", "loss", 1_000, 12.0)
GAIN = parcel("BIG.AX", "gain", 3_000, 4.0)


def proposed(asked: Problem) -> Proposal:
    return propose(asked, asked.target)


def sold(proposal: Proposal) -> dict[str, int]:
    return {id: units for p in proposal.orders for id, units in p.order.taken.items()}


def test_an_overweight_holding_sells_its_loss_first_and_its_gain_only_as_far_as_the_loss_reaches() -> None:
    # given A$40,000 of one share of A$10 and A$10,000 of another
    big = share("BIG.AX", 10.0, [GAIN, LOSS])
    found = proposed(problem([big, share("OTH.AX", 10.0, [parcel("OTH.AX", "other", 1_000, 10.0)])]))
    # then the whole parcel at a loss of A$2 a unit goes, and a third as many at a gain of A$6
    units = sold(found)
    assert units["loss"] == 1_000
    assert units["gain"] == pytest.approx(1_000 / 3, abs=10)
    assert found.done.tax < 10
    assert [o.order.units > 0 for o in found.orders] == [False, True]


def test_the_parcel_that_is_discounted_is_sold_before_the_one_that_is_not() -> None:
    young = parcel("BIG.AX", "young", 2_000, 4.0, date(2026, 3, 1))
    old = parcel("BIG.AX", "old", 2_000, 4.0)
    found = proposed(problem([share("BIG.AX", 10.0, [young, old]), share("OTH.AX", 10.0)]))
    assert set(sold(found)) == {"old"}
    assert "discounted. Kept: gains that are discounted from 2027-03-02." in found.orders[0].reason


def test_a_company_has_no_discount_and_so_no_reason_to_wait() -> None:
    young = parcel("BIG.AX", "young", 4_000, 9.0, date(2026, 11, 1))
    shares = [share("BIG.AX", 10.0, [young]), share("OTH.AX", 10.0)]
    found = proposed(problem(shares, standing=standing(Entity.COMPANY, credits=Decimal(9_000)), rate=0.3))
    assert "discount" not in found.orders[0].reason
    assert "franking of dividends since is lost before 2026-12-17" in found.orders[0].reason


def test_tax_and_cost_are_those_of_the_rules_and_the_tariff() -> None:
    found = proposed(problem([share("BIG.AX", 10.0, [GAIN]), share("OTH.AX", 10.0)], rate=0.37))
    sale = found.orders[0].order
    units = -sale.units
    # half of the gain after the spread and the brokerage of the sale, at 37 %
    gain = units * 10 * (1 - sale.share.half_spread) - sale.brokerage - units * 4
    assert float(found.orders[0].tax) == pytest.approx(0.37 * 0.5 * gain, abs=0.01)
    assert sale.brokerage == {True: 19.95, False: 29.95}[units * 10 <= 10_000]
    assert sum(o.tax for o in found.orders) == found.done.tax
    assert found.done.cash == pytest.approx(-sum(o.order.units for o in found.orders) * 10 - found.done.cost)


def test_losses_of_the_year_are_used() -> None:
    shares = [share("BIG.AX", 10.0, [GAIN]), share("OTH.AX", 10.0)]
    with_losses = problem(shares, standing=standing(brought_forward=Decimal(100_000)))
    assert proposed(with_losses).done.tax == 0


def test_a_gain_already_made_this_year_makes_a_loss_worth_its_tax() -> None:
    made: Disposal = sale_of(parcel("WAS.AX", "was", 1_000, 1.0, date(2026, 5, 1)), ON, Decimal(11_000))
    shares = [share("BIG.AX", 10.0, [LOSS]), share("OTH.AX", 10.0, [parcel("OTH.AX", "o", 1_000, 10.0)])]
    found = proposed(problem(shares, standing=standing(disposals=(made,)), limits=Limits(min_benefit=50)))
    # both are where they should be: what is sold is sold for the A$2 a unit that it saves tax on
    assert sold(found)["loss"] > 100
    assert found.done.tax < 0
    assert found.done.benefit > 50


def test_nothing_is_done_below_the_benefit_asked_for() -> None:
    near = [share("BIG.AX", 10.0, [parcel("BIG.AX", "b", 1_050, 10.0)]), share("OTH.AX", 10.0, [
        parcel("OTH.AX", "o", 950, 10.0)])]  # fmt: skip
    # A$500 from the target on either side cost 2 x 4 / 2 x 0.09 x 500^2 / 20,000 = A$4.50 a year, an order A$5
    none = proposed(problem(near))
    assert (none.orders, none.reason) == ((), "Nothing to do: no order is worth its costs and tax")
    far = [share("BIG.AX", 10.0, [parcel("BIG.AX", "b", 1_500, 10.0)]), share("OTH.AX", 10.0, [
        parcel("OTH.AX", "o", 500, 10.0)])]  # fmt: skip
    worth = proposed(problem(far)).done.benefit
    assert proposed(problem(far, limits=Limits(min_benefit=worth - 1))).is_worth_it
    asked = proposed(problem(far, limits=Limits(min_benefit=worth + 1)))
    assert asked.orders == ()
    assert "less than the A$" in asked.reason
    of_value = proposed(problem(far, limits=Limits(min_benefit_share=(worth + 1) / 20_000)))
    assert of_value.orders == ()


def test_a_first_purchase_is_of_500_dollars_or_none() -> None:
    new, held = share("NEW.AX", 10.0), share("OLD.AX", 10.0, [parcel("OLD.AX", "o", 45, 10.0)])
    # A$950 in all: A$475 of each is aimed at, which is too little for a first purchase
    risky: dict[str, Any] = {"risk_aversion": 60.0, "cash": 500.0}
    found = proposed(problem([new, held], **risky))
    bought = {o.order.share.code: o.order.value for o in found.orders if o.order.units > 0}
    assert bought == {"NEW.AX": 500.0}
    topped = proposed(problem([share("NEW.AX", 10.0, [parcel("NEW.AX", "n", 1, 10.0)]), held], **risky))
    assert 0 < next(o.order.value for o in topped.orders if o.order.share.code == "NEW.AX") < 500.0


def test_without_cash_purchases_wait_for_sales_and_costs_come_first() -> None:
    found = proposed(problem([share("BIG.AX", 10.0, [GAIN]), share("OTH.AX", 10.0)]))
    assert 0 <= found.done.cash < 10.0 + 1


def test_after_the_reform_losses_meet_discounted_gains_before_indexed_ones() -> None:
    # given, in 2029, a deferred gain that is discounted and one since that is indexed, without inflation
    on = date(2029, 3, 1)
    old = replace(parcel("BIG.AX", "old", 4_000, 8.0), deferred=Decimal(8_000), reset_on=date(2027, 6, 30))
    year = standing(on=on, brought_forward=Decimal(1_000), index=lambda _, __: Decimal(1))
    shares = [share("BIG.AX", 10.0, [old]), share("OTH.AX", 10.0)]
    found = proposed(problem(shares, on=on, standing=year, rate=0.14))
    sale = found.orders[0].order
    # then the programme's own benefit is that of the rules, and the gain since bears the least rate of 30 %
    assert found.best.gap <= 0.001
    assert found.best.bound >= found.best.orders.solved_benefit
    since = -sale.units * (10.0 * (1 - sale.share.half_spread) - 8.0) - sale.brokerage
    deferred = -sale.units * 2.0 - 1_000
    assert float(found.done.tax) == pytest.approx(0.30 * since + 0.14 * 0.5 * deferred, abs=0.02)


def test_limits_come_before_the_benefit_and_are_kept_after_costs() -> None:
    shares = [share("BIG.AX", 10.0, [GAIN], sector="A"), share("OTH.AX", 10.0, [LOSS], sector="A")]
    limited = problem(shares, [0.75, 0.25], limits=Limits(position=0.5, min_benefit=1e6))
    found = proposed(limited)
    assert found.weights_after.max() <= 0.5
    assert found.reason.startswith("Limits are kept")
    sectors = problem(shares, [0.75, 0.25], limits=Limits(sector=0.4))
    assert proposed(sectors).weights_after.sum() <= 0.4


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(turnover=0.1, position=0.5), "turnover 10.0%: max position 50.0% cannot be met with less than 12.5%"),
        (Limits(turnover=0.1, sector=0.5), "turnover 10.0%: max sector 50.0% cannot be met with less than 25.0%"),
        (Limits(position=0.2), "max position 20.0%: LCK.AX is 25.0% and no less than 25.0% of it can be kept"),
        (Limits(sector=0.1), "max sector 10.0%: A is no less than 25.0% after all that can be sold"),
    ],
)
def test_a_limit_that_cannot_be_met_is_named(limits: Limits, words: str) -> None:
    locked = replace(share("LCK.AX", 10.0, sector="A"), units=1_000.0)
    shares = [share("BIG.AX", 10.0, [GAIN], sector="A"), locked]
    with pytest.raises(LimitsNotMet, match=words.replace("$", r"\$")):
        proposed(problem(shares, limits=limits))


def test_what_is_expected_is_bought_and_its_cost_and_risk_are_weighed() -> None:
    held = [parcel("BAD.AX", "b", 2_000, 10.0)]
    shares = [share("BAD.AX", 10.0, held, expected=-0.03), share("GOO.AX", 10.0, expected=0.03)]
    found = proposed(problem(shares, years=21 / 252))
    assert {o.order.share.code: o.order.units > 0 for o in found.orders} == {"BAD.AX": False, "GOO.AX": True}
    assert "expected +3.0% beyond the median share" in found.orders[1].reason
    dear = [replace(s, turnover=2e5) for s in shares]
    assert proposed(problem(dear, years=21 / 252)).done.turnover < found.done.turnover


def test_risk_before_and_after_is_told_for_the_whole_and_for_each_order() -> None:
    found = proposed(problem([share("BIG.AX", 10.0, [GAIN, LOSS]), share("OTH.AX", 10.0)]))
    before, after = found.volatility
    assert before == pytest.approx(0.3)
    assert after < before
    assert [round(o.risk_before, 6) for o in found.orders] == [1.0, 0.0]
    assert sum(o.risk_after for o in found.orders) == pytest.approx(1.0)
    assert found.distance[1] < found.distance[0] == pytest.approx(0.5)
    assert found.tracking_error[1] < found.tracking_error[0]
