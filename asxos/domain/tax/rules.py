"""Dated rule packs: what the law says of an entity's gains on a date, so that a change of law is a new row."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Self


class Entity(StrEnum):
    INDIVIDUAL = "individual"
    JOINT = "joint"
    TRUST = "trust"
    SUPER_FUND = "super_fund"
    COMPANY = "company"


@dataclass(frozen=True, order=True)
class FinancialYear:
    """The year that ends on 30 June of `ends`, in Sydney dates."""

    ends: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year + (day.month >= 7))

    @property
    def first(self) -> date:
        return date(self.ends - 1, 7, 1)

    @property
    def last(self) -> date:
        return date(self.ends, 6, 30)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        """As the tax office writes it: 2025-26."""
        return f"{self.ends - 1}-{self.ends % 100:02d}"


_HALF = Decimal("0.5")
_THIRD = Decimal(1) / Decimal(3)
_NONE = Decimal(0)

LINE = date(2027, 6, 30)
"""The deemed disposal. Source: Tax Reform (No. 1) Bill 2026, passed both Houses on 25 June 2026."""


@dataclass(frozen=True)
class RulePack:
    """The rules of one entity from `first` on; rates are fractions.

    `discount`: of gains on what was held long enough. `indexes`: whether gains after LINE are indexed by CPI instead,
    and bear at least `minimum_rate`. `lic_deduction`: of a listed investment company's attributable part.
    `small_holder_credits`: A$ of franking credits a year up to which the 45-day rule is not asked.
    """

    entity: Entity
    first: date
    discount: Decimal
    lic_deduction: Decimal
    small_holder_credits: Decimal
    indexes: bool = False
    minimum_rate: Decimal = _NONE


_SINCE = date(1999, 9, 21)
_AFTER = LINE + timedelta(days=1)
_EXEMPT = Decimal(5_000)

# Discounts: ITAA 1997, Division 115 (s 115-100). LIC: s 115-280. Small shareholders: ITAA 1936, s 160APHT as kept.
PACKS: tuple[RulePack, ...] = (
    RulePack(Entity.INDIVIDUAL, _SINCE, _HALF, _HALF, _EXEMPT),
    RulePack(Entity.JOINT, _SINCE, _HALF, _HALF, _EXEMPT),
    RulePack(Entity.TRUST, _SINCE, _HALF, _HALF, _NONE),
    RulePack(Entity.SUPER_FUND, _SINCE, _THIRD, _THIRD, _NONE),
    RulePack(Entity.COMPANY, _SINCE, _NONE, _NONE, _NONE),
)
REFORM: tuple[RulePack, ...] = tuple(
    RulePack(entity, _AFTER, _HALF, _HALF, exempt, indexes=True, minimum_rate=Decimal("0.30"))
    for entity, exempt in ((Entity.INDIVIDUAL, _EXEMPT), (Entity.JOINT, _EXEMPT), (Entity.TRUST, _NONE))
)
"""From 1 July 2027; kept apart since assent was not seen, so that a setting can leave it out."""


def pack_for(entity: Entity, day: date, *, reform: bool) -> RulePack:
    """The rules of `entity` on a date; `reform`: whether the law of 2027 is taken to be in force then."""
    packs = [*PACKS, *(REFORM if reform else ())]
    return max((p for p in packs if p.entity is entity and p.first <= day), key=lambda p: p.first, default=PACKS[0])


def is_held_a_year(acquired: date, event: date) -> bool:
    """Whether twelve months lie between, the days of acquisition and of the event both left out."""
    return event >= discount_from(acquired)


def discount_from(acquired: date) -> date:
    """The first day on which a sale is discounted: the day after the anniversary. Source: ITAA 1997, s 115-25."""
    return _a_year_after(acquired) + timedelta(days=1)


def _a_year_after(day: date) -> date:
    """The anniversary; of 29 February, 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 2, 28)
