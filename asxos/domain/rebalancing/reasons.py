"""Why an order, in words: where the weight is, what is expected, which parcels, and the dates that matter to them."""

from decimal import Decimal

from asxos.domain.ledger.parcels import Parcel
from asxos.domain.money import cents, exact
from asxos.domain.rebalancing.orders import Order
from asxos.domain.rebalancing.problem import Problem
from asxos.domain.tax.franking import safe_sale_from
from asxos.domain.tax.rules import discount_from, is_held_a_year


def reason_for(problem: Problem, order: Order, before: float, after: float, target: float) -> str:
    """One paragraph. Weights are fractions."""
    verb = "Sell" if order.units < 0 else "Buy"
    said = [f"{verb}: {before:.1%} of the portfolio, {target:.1%} aimed at, {after:.1%} afterwards"]
    limit = problem.limits.position
    if limit is not None and before > limit:
        said.append(f"above the limit of {limit:.1%}")
    if order.share.expected:
        said.append(f"expected {order.share.expected:+.1%} beyond the median share")
    sentences = [", ".join(said) + ".", *_against_target(order, before, target)]
    if order.units < 0:
        sentences += [_parcel(problem, order, parcel) for parcel in order.parts()]
        sentences += _waiting(problem, order)
    return " ".join(sentences)


def _against_target(order: Order, before: float, target: float) -> list[str]:
    """Why an order leads away from the share's own target."""
    if order.share.expected or (order.units < 0) == (before > target):
        return []
    if order.units > 0:
        return ["It moves against what the rest is away from its target."]
    if any((parcel.unit_cost or 0) > order.share.price for parcel in order.parts()):
        return ["Sold for its loss, which saves tax; buying it back soon may be taken for a wash sale (TR 2008/1)."]
    return ["It moves with what the rest has too much of."]


def _parcel(problem: Problem, order: Order, parcel: Parcel) -> str:
    price = exact(order.share.price)
    gain = parcel.quantity * price - (parcel.cost_base or Decimal(0)) + (parcel.deferred or Decimal(0))
    kind = "gain" if gain >= 0 else "loss"
    words = f"{parcel.quantity:f} units of {parcel.acquired or 'unknown date'} at a {kind} of A${cents(abs(gain)):,}"
    return f"{words}{_dates(problem, parcel, is_gain=gain > 0)}."


def _dates(problem: Problem, parcel: Parcel, *, is_gain: bool) -> str:
    """What the discount and the 45-day rule say of a parcel that is sold."""
    if parcel.acquired is None:
        return ""
    said = ""
    if is_gain and problem.standing.pack.discount > 0:
        is_discounted = is_held_a_year(parcel.acquired, problem.on)
        said = ", discounted" if is_discounted else f", discounted only from {discount_from(parcel.acquired)}"
    safe = safe_sale_from(parcel.acquired)
    if problem.on < safe:
        rule = "franking of dividends since is lost before"
        asked = problem.standing.credits > problem.standing.pack.small_holder_credits
        said += (
            f"; {rule} {safe}" if asked else f"; under 45 days at risk until {safe}, not asked of your credits so far"
        )
    return said


def _waiting(problem: Problem, order: Order) -> list[str]:
    """The parcels kept because their discount is near."""
    if problem.standing.pack.discount == 0:
        return []
    kept = [p for p in order.share.parcels if not order.taken.get(p.id) and p.acquired and p.unit_cost is not None]
    price = exact(order.share.price)
    days = sorted(
        discount_from(p.acquired)
        for p in kept
        if p.acquired and (p.unit_cost or price) < price and not is_held_a_year(p.acquired, problem.on)
    )
    return [f"Kept: gains that are discounted from {days[0]}."] if days else []
